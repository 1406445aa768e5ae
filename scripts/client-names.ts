import type { OperationName } from '@rollcall/contract';

/** What the client package calls a parameter, and the type that it asks for, where that is narrower than the wire's. */
interface ParameterName {
  readonly wire: string;
  readonly type?: 'boolean' | 'number' | 'readonly number[]';
}

interface ClientName {
  readonly name: string;
  /** By our name; what is not listed keeps the wire's. */
  readonly parameters?: Readonly<Record<string, ParameterName>>;
}

const AGENT = { wire: 'workNo', type: 'number' } as const;

/** Operations that have a word in docs/vocabulary.md; the others keep the name that they have in the log. */
export const CLIENT_NAMES: Readonly<Partial<Record<OperationName, ClientName>>> = {
  handShake: { name: 'keepAlive' },
  modifyAccountPwdEx: { name: 'changePassword' },
  getAgentStatus: { name: 'agentState' },
  sayFree: { name: 'becomeReady' },
  sayBusy: { name: 'becomeNotReady', parameters: { reason: { wire: 'reason', type: 'number' } } },
  cancelBusy: { name: 'endNotReady' },
  rest: {
    name: 'rest',
    parameters: {
      seconds: { wire: 'time', type: 'number' },
      reason: { wire: 'restcause', type: 'number' },
    },
  },
  cancelRest: { name: 'endRest' },
  sayWork: { name: 'beginWrapUp' },
  cancelWork: { name: 'endWrapUp' },
  setAgentAutoAnswer: {
    name: 'setAutoAnswer',
    parameters: { on: { wire: 'isautoanswer', type: 'boolean' } },
  },
  setAgentAutoEnterIdle: {
    name: 'setAutoEnterReady',
    parameters: { on: { wire: 'flag', type: 'boolean' } },
  },
  setTalkRight: { name: 'setTalkRight', parameters: { right: { wire: 'flag' } } },
  setCustomState: { name: 'setCustomState', parameters: { state: { wire: 'customstate' } } },
  queryCustomState: { name: 'customState' },
  setForwarding: { name: 'setForwarding', parameters: { phone: { wire: 'phonenum' } } },
  bindAgentPhone: { name: 'bindPhone', parameters: { phone: { wire: 'phonenum' } } },
  sendNotelet: {
    name: 'sendNote',
    parameters: { to: { wire: 'receiver', type: 'number' }, text: { wire: 'content' } },
  },
  sendNoteletEx: {
    name: 'sendNotes',
    parameters: { to: { wire: 'agentIds' }, text: { wire: 'content' } },
  },
  notifyBulletin: {
    name: 'postBulletin',
    parameters: {
      targetType: { wire: 'targettype' },
      targetName: { wire: 'targetname' },
      text: { wire: 'bulletindata' },
    },
  },
  resetSkill: {
    name: 'serveSkillQueues',
    parameters: {
      automatic: { wire: 'autoflag', type: 'boolean' },
      skillQueues: { wire: 'skillid', type: 'readonly number[]' },
      phoneLinkage: { wire: 'phonelinkage' },
    },
  },
  setAgentTimeOut: { name: 'setAgentTimeOut', parameters: { flag: { wire: 'flag', type: 'boolean' } } },
  forceIdle: { name: 'forceReady', parameters: { agent: AGENT } },
  forceBusy: { name: 'forceNotReady', parameters: { agent: AGENT } },
  forceRest: {
    name: 'forceRest',
    parameters: {
      agent: AGENT,
      seconds: { wire: 'time', type: 'number' },
      reason: { wire: 'reason', type: 'number' },
    },
  },
  forceLogOutAgent: { name: 'forceSignOut', parameters: { agent: AGENT } },
  beginMonitor: {
    name: 'beginWatching',
    parameters: { agents: { wire: 'agents', type: 'readonly number[]' } },
  },
  endMonitor: { name: 'endWatching', parameters: { agents: { wire: 'agents', type: 'readonly number[]' } } },
  queryAllMonitoredAgents: { name: 'watchedAgents' },
  isCensor: { name: 'isSupervisor' },
};

/** Operations that are no function of their own, and what does them instead. */
export const COVERED_OPERATIONS: Readonly<Partial<Record<OperationName, string>>> = {
  loginEx: 'signIn',
  forceLoginEx: 'signIn',
  forceLoginExWithoutPhone: 'signIn',
  login: 'signIn',
  forceLogin: 'signIn',
  loginByAccount: 'signIn',
  logout: 'Session.signOut',
  forceLogout: 'Session.signOut',
  forceLogoutWithReason: 'Session.signOut',
  updateGuid: 'Session.renewToken',
  getAgentEvent: 'Session.events',
  getAgentEventStream: 'Session.events',
  getAllAgentEvent: 'nothing: it is for trusted peers',
  heartbeat: 'operations.keepAlive',
  modifyAccountPwd: 'operations.changePassword',
};
