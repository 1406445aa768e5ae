import {
  type BindPhoneBody,
  type CustomStateQuery,
  type CustomStateResult,
  type DirectoryNumber,
  type ForwardingBody,
  NO_CUSTOM_STATE,
  type TalkRightQuery,
} from '@rollcall/contract';
import type { SettingsChanges } from '../domain/agent-session/agent-record.ts';
import type { AgentSessions } from '../services/agent-sessions.ts';
import { type Reply, refuse, type SessionCall } from './call.ts';
import { isTrue } from './coercion.ts';
import { replyToCommand } from './outcome-replies.ts';

/** Settings of the caller's own session (rules AS-15 to AS-17). */
export function agentSettingsRoutes(sessions: AgentSessions) {
  const set = async ({ live }: SessionCall, changes: SettingsChanges): Promise<Reply> =>
    replyToCommand(await sessions.submit(live, { kind: 'changeSettings', changes }));
  return {
    setAgentAutoAnswer: (call: SessionCall) =>
      set(call, { autoAnswer: isTrue(call.pathParameters.isautoanswer) }),
    setAgentAutoEnterIdle: (call: SessionCall) =>
      set(call, { autoEnterReady: isTrue(call.pathParameters.flag) }),
    setTalkRight: (call: SessionCall, { flag }: TalkRightQuery) => set(call, { takesContacts: flag === 1 }),
    setCustomState: (call: SessionCall, { customstate }: CustomStateQuery) =>
      set(call, { customState: customstate }),
    queryCustomState: async ({ live }: SessionCall): Promise<Reply> => {
      const present = await sessions.present(live);
      if (present === undefined) return refuse('100-006');
      const { customState } = present.session.settings;
      const result: CustomStateResult = { agentcustomstate: String(customState ?? NO_CUSTOM_STATE) };
      return { kind: 'result', result };
    },
    setForwarding: (call: SessionCall, { phonenum }: ForwardingBody) =>
      set(call, { forwardTo: phonenum === '' ? null : (phonenum as DirectoryNumber) }),
    setAgentSelfRecord: (call: SessionCall) => {
      const { recordflag, recordbeforetalking } = call.pathParameters;
      return set(call, {
        selfRecording: { isOn: recordflag === '1', beforeTalking: recordbeforetalking === '1' },
      });
    },
    bindAgentPhone: async ({ live }: SessionCall, { phonenum }: BindPhoneBody): Promise<Reply> =>
      replyToCommand(await sessions.bindPhone(live, phonenum as DirectoryNumber)),
  };
}
