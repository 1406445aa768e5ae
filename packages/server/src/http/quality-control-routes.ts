import type { MonitoredAgentsQuery, ResultCode, WhisperQuery, WorkNumber } from '@rollcall/contract';
import type { AgentSessions } from '../services/agent-sessions.ts';
import type { Directory } from '../services/directory.ts';
import {
  type Supervision,
  type SupervisionAct,
  type SupervisionOutcome,
  watchedBy,
} from '../services/supervision.ts';
import { type Reply, refuse, type SessionCall } from './call.ts';
import { replyToCommand } from './outcome-replies.ts';
import { statusNumber } from './state-numbers.ts';
import { askingIn } from './vdn-query.ts';

const REFUSALS = {
  noRight: '900-002',
  isItself: '000-005',
  noSuchAgent: '900-004',
} as const satisfies Record<string, ResultCode>;

interface QualityControlParts {
  readonly directory: Directory;
  readonly sessions: AgentSessions;
  readonly supervision: Supervision;
}

/** What inspectors do: one agent at a time (docs/spec/supervision.md). */
export function qualityControlRoutes({ directory, sessions, supervision }: QualityControlParts) {
  const asking = askingIn(directory);
  const force = (actOf: (parameters: SessionCall['pathParameters']) => SupervisionAct) => {
    return async ({ live, workNumber: inspector, pathParameters }: SessionCall): Promise<Reply> => {
      const workNumber = Number(pathParameters.workNo) as WorkNumber;
      const { tenantId } = live.record;
      return replyTo(await supervision.force({ tenantId, inspector, workNumber }, actOf(pathParameters)));
    };
  };
  /** Joining a contact: there is none, which is said to those alone who may ask. */
  const joining = async (
    { live, workNumber: inspector }: SessionCall,
    named: string | undefined,
  ): Promise<Reply> => {
    const { tenantId } = live.record;
    const looked = await supervision.look({ tenantId, inspector, workNumber: Number(named) as WorkNumber });
    return refuse(looked.kind === 'mayAct' ? '900-005' : REFUSALS[looked.kind]);
  };
  const join = (call: SessionCall) => joining(call, call.pathParameters.workNo);
  const whisper = (call: SessionCall, { whisperagentid }: WhisperQuery) => joining(call, whisperagentid);
  const change = (changed: (watched: Watched, agents: readonly WorkNumber[]) => Watched) =>
    asking(async ({ roster, isInspector, caller }, { live }, { agents }: MonitoredAgentsQuery) => {
      if (!isInspector) return refuse('900-002');
      const named = agents.split(/[;,]/).map((text) => Number(text) as WorkNumber);
      if (named.some((workNumber) => roster.find(workNumber) === undefined)) return refuse('900-004');
      const present = (await directory.agent(caller.record.workNumber))?.record.session?.settings.watched;
      const watched = changed(present ?? { added: [], removed: [] }, named);
      return replyToCommand(await sessions.submit(live, { kind: 'changeSettings', changes: { watched } }));
    });
  return {
    forceIdle: force(() => ({ kind: 'forceReady' })),
    forceBusy: force(() => ({ kind: 'forceNotReady' })),
    forceRest: force(({ time, reason }) => ({
      kind: 'forceRest',
      reason: Number(reason),
      forMs: Number(time) * 1_000,
    })),
    forceLogOutAgent: force(() => ({ kind: 'forceSignOut' })),
    addSupervise: join,
    addInsert: join,
    intercept: join,
    switchSuperviseOrInsert: join,
    stopSuperviseOrInsert: join,
    requestWhisperAgent: whisper,
    requestStopWhisperAgent: whisper,
    requestSwitchInsertWhisperAgent: whisper,
    beginMonitor: change(({ added, removed }, agents) => ({
      added: [...new Set([...added, ...agents])],
      removed: removed.filter((workNumber) => !agents.includes(workNumber)),
    })),
    endMonitor: change(({ added, removed }, agents) => ({
      added: added.filter((workNumber) => !agents.includes(workNumber)),
      removed: [...new Set([...removed, ...agents])],
    })),
    queryAllMonitoredAgents: asking(({ roster, caller, isInspector }) => {
      if (!isInspector) return refuse('900-002');
      const rows = watchedBy(caller, roster).map(({ record, definition: { name } }) => ({
        workno: String(record.workNumber),
        name,
        status: statusNumber(record.session?.state ?? null),
      }));
      return { kind: 'result', result: rows };
    }),
  };
}

interface Watched {
  readonly added: readonly WorkNumber[];
  readonly removed: readonly WorkNumber[];
}

/** Who is signed out, or in a state that does not allow it, is answered alike. */
function replyTo(outcome: SupervisionOutcome): Reply {
  switch (outcome.kind) {
    case 'noRight':
    case 'isItself':
    case 'noSuchAgent':
      return refuse(REFUSALS[outcome.kind]);
    case 'refused':
      return refuse('900-005');
    default:
      return replyToCommand(outcome);
  }
}
