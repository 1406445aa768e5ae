import { AgentSnapshot, StreamBeginning, StreamEnd } from '../events/event-stream.ts';
import { WireEvent } from '../events/wire-event.ts';
import {
  AgentInfo,
  AgentName,
  AgentStateRow,
  GroupRow,
  RestingAgent,
  RestReason,
  SkillName,
} from '../operations/agent-group.ts';
import { CustomStateResult } from '../operations/agent-settings.ts';
import { AgentStatusResult } from '../operations/agent-state.ts';
import { LoginTimeResult } from '../operations/online-agent.ts';
import { MonitoredAgent } from '../operations/quality-control.ts';
import { AgentNode, ClusterInfo } from '../operations/query-monitor.ts';
import { AccessCode, Ivr, SkillFigures, SkillInfo } from '../operations/queue-device.ts';
import { SignInResult } from '../operations/sign-in.ts';
import { SchemaNames } from './named-schemas.ts';

/** What has a name of its own in the gateway's document: several answers tell it, or clients want to name it. */
export const GATEWAY_SCHEMAS = new SchemaNames({
  AccessCode,
  AgentInfo,
  AgentName,
  AgentNode,
  AgentSnapshot,
  AgentStateRow,
  AgentStatusResult,
  ClusterInfo,
  CustomStateResult,
  GroupRow,
  Ivr,
  LoginTimeResult,
  MonitoredAgent,
  RestReason,
  RestingAgent,
  SignInResult,
  SkillFigures,
  SkillInfo,
  SkillName,
  StreamBeginning,
  StreamEnd,
  WireEvent,
});
