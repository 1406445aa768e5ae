// Made by `npm run generate` from the contract; change that, or scripts/client-names.ts, not this file.
import type { CallOptions } from '../gateway-call.ts';
import type { OperationRow } from '../operation-calls.ts';

export interface AccessCode {
  readonly id: number;
  readonly inno: string;
  readonly description: string;
  readonly vdnid: number;
  /** 1 text, 5 voice. */
  readonly mediatype: 1 | 5;
}

export interface AgentInfo {
  readonly workno: string;
  readonly name: string;
  /** 2 signed out, 3 not ready, 4 ready, 5 wrap-up, 7 engaged, 8 resting, 9 engaged or in wrap-up with a rest pending. */
  readonly status: 2 | 3 | 4 | 5 | 7 | 8 | 9;
  /** 0 signed out, 1 ready, 2 a contact is offered, 4 talking, 6 wrap-up, 7 not ready, 8 resting. */
  readonly ctiStatus: 0 | 1 | 2 | 4 | 6 | 7 | 8;
  /** 0: the agent has no group. */
  readonly groupid: number;
  readonly groupname: string;
  /** The skill queues that the agent serves. */
  readonly skilllist: readonly SkillName[];
  /** T or F for CTI server, text chat and mail. */
  readonly mediatype: string;
  readonly vdnid: number;
  /** Empty where the caller may not see it. */
  readonly phonenumber: string;
  /** Seconds in the state. */
  readonly currentstatetime: number;
  /** Epoch milliseconds of the sign-in; 0: signed out. */
  readonly logindate: number;
  readonly inMultimediaConf: boolean;
}

export interface AgentName {
  readonly workno: string;
  readonly name: string;
}

export interface AgentNode {
  readonly workno: string;
  readonly clusterName: string;
  readonly nodeName: string;
}

export interface AgentStateRow {
  readonly workno: string;
  readonly name: string;
  /** 2 signed out, 3 not ready, 4 ready, 5 wrap-up, 7 engaged, 8 resting, 9 engaged or in wrap-up with a rest pending. */
  readonly status: 2 | 3 | 4 | 5 | 7 | 8 | 9;
  /** 0 signed out, 1 ready, 2 a contact is offered, 4 talking, 6 wrap-up, 7 not ready, 8 resting. */
  readonly ctiStatus: 0 | 1 | 2 | 4 | 6 | 7 | 8;
  readonly groupName: string;
}

export interface AgentStatusResult {
  /** 2 signed out, 3 not ready, 4 ready, 5 wrap-up, 7 engaged, 8 resting, 9 engaged or in wrap-up with a rest pending. */
  readonly agentState: 2 | 3 | 4 | 5 | 7 | 8 | 9;
  /** The agent talks. */
  readonly isWorking: boolean;
}

export interface ClusterInfo {
  readonly clusterName: string;
  readonly nodes: ReadonlyArray<{
  readonly name: string;
  readonly state: 'starting' | 'serving' | 'draining';
}>;
}

export interface CustomStateResult {
  readonly agentcustomstate: string;
}

export interface GroupRow {
  readonly id: number;
  readonly name: string;
  /** The supervisor; 0: none. */
  readonly monitorno: number;
  readonly monitorname: string;
}

export interface Ivr {
  readonly id: number;
  readonly access: string;
  readonly description: string;
  readonly serviceNo: number;
}

export interface LoginTimeResult {
  /** Epoch milliseconds. */
  readonly loginTime: string;
}

export interface MonitoredAgent {
  readonly workno: string;
  readonly name: string;
  /** 2 signed out, 3 not ready, 4 ready, 5 wrap-up, 7 engaged, 8 resting, 9 engaged or in wrap-up with a rest pending. */
  readonly status: 2 | 3 | 4 | 5 | 7 | 8 | 9;
}

export interface RestReason {
  readonly restReasonId: number;
  readonly restReason: string;
}

export interface RestingAgent {
  readonly workno: string;
  readonly name: string;
  readonly restReasonId: number;
  readonly restReason: string;
  /** Seconds. */
  readonly restTime: number;
  /** Epoch milliseconds. */
  readonly beginTime: number;
}

export interface SkillFigures {
  readonly deviceNo: number;
  readonly skillDescrip: string;
  readonly queueSize: number;
  readonly maxQueueSize: number;
  readonly loggedOnAgents: number;
  readonly availAgents: number;
}

export interface SkillInfo {
  readonly name: string;
  readonly id: number;
  /** 1 text, 5 voice. */
  readonly mediatype: 1 | 5;
  readonly serviceType: number;
  readonly realFlag: number;
}

export interface SkillName {
  readonly name: string;
  readonly id: number;
  /** 1 text, 5 voice. */
  readonly mediatype: 1 | 5;
}

/** What a session can do, one function an operation; the session's own agent is the one that does it. */
export interface Operations {
  /**
   * Tells when the session began, and shows that its client is there.
   *
   * On the wire: handShake, `POST /onlineagent/{agentid}/handshake`.
   */
  keepAlive(options?: CallOptions): Promise<LoginTimeResult>;

  /**
   * Changes the agent's password.
   *
   * On the wire: modifyAccountPwdEx, `POST /onlineagent/{agentid}/modifyaccountpwdex`. May refuse with 000-006, 110-002, 110-003, 110-017, 110-018, 110-019, 110-020.
   */
  changePassword(input: { readonly oldPassword: string; readonly newPassword: string }, options?: CallOptions): Promise<void>;

  /**
   * Tells the agent's state.
   *
   * On the wire: getAgentStatus, `GET /onlineagent/{agentid}/agentstatus`.
   */
  agentState(options?: CallOptions): Promise<AgentStatusResult>;

  /**
   * Makes the agent ready, or lets it be ready after its contact.
   *
   * On the wire: sayFree, `POST /onlineagent/{agentid}/sayfree`.
   */
  becomeReady(options?: CallOptions): Promise<void>;

  /**
   * Makes the agent not ready, at once or after its contact.
   *
   * On the wire: sayBusy, `POST /onlineagent/{agentid}/saybusy`. May refuse with 100-009.
   */
  becomeNotReady(input?: { readonly reason?: number; readonly prolong?: boolean }, options?: CallOptions): Promise<void>;

  /**
   * Ends or drops not ready.
   *
   * On the wire: cancelBusy, `POST /onlineagent/{agentid}/cancelbusy`. May refuse with 100-009.
   */
  endNotReady(options?: CallOptions): Promise<void>;

  /**
   * Begins a rest of so many seconds, at once or after the contact.
   *
   * On the wire: rest, `POST /onlineagent/{agentid}/rest/{time}/{restcause}`. May refuse with 100-009.
   */
  rest(input: { readonly seconds: number; readonly reason: number; readonly prolong?: boolean }, options?: CallOptions): Promise<void>;

  /**
   * Ends or drops a rest.
   *
   * On the wire: cancelRest, `POST /onlineagent/{agentid}/cancelrest`. May refuse with 100-009.
   */
  endRest(options?: CallOptions): Promise<void>;

  /**
   * Begins wrap-up, at once or after the contact.
   *
   * On the wire: sayWork, `POST /onlineagent/{agentid}/work`. May refuse with 100-009.
   */
  beginWrapUp(options?: CallOptions): Promise<void>;

  /**
   * Ends wrap-up.
   *
   * On the wire: cancelWork, `POST /onlineagent/{agentid}/cancelwork`. May refuse with 100-009.
   */
  endWrapUp(options?: CallOptions): Promise<void>;

  /**
   * Sets whether contacts are answered by themselves.
   *
   * On the wire: setAgentAutoAnswer, `POST /onlineagent/{agentid}/autoanswer/{isautoanswer}`.
   */
  setAutoAnswer(input: { readonly on: boolean }, options?: CallOptions): Promise<void>;

  /**
   * Sets whether the agent is ready at once after a contact.
   *
   * On the wire: setAgentAutoEnterIdle, `POST /onlineagent/{agentid}/autoenteridle/{flag}`.
   */
  setAutoEnterReady(input: { readonly on: boolean }, options?: CallOptions): Promise<void>;

  /**
   * Sets whether contacts may be offered to the agent.
   *
   * On the wire: setTalkRight, `POST /onlineagent/{agentid}/settalkright`.
   */
  setTalkRight(input: { readonly right: 0 | 1 }, options?: CallOptions): Promise<void>;

  /**
   * Sets the site's own number beside the state.
   *
   * On the wire: setCustomState, `POST /onlineagent/{agentid}/setcustomstate`.
   */
  setCustomState(input: { readonly state: number }, options?: CallOptions): Promise<void>;

  /**
   * Tells the site's own number beside the state; 65535: none is set.
   *
   * On the wire: queryCustomState, `GET /onlineagent/{agentid}/querycustomstate`.
   */
  customState(options?: CallOptions): Promise<CustomStateResult>;

  /**
   * Sets where contacts go that the agent does not take; an empty number: nowhere else.
   *
   * On the wire: setForwarding, `POST /onlineagent/{agentid}/setforwarding`. May refuse with 000-006.
   */
  setForwarding(input: { readonly phone: string }, options?: CallOptions): Promise<void>;

  /**
   * Sets whether the agent records its own calls.
   *
   * On the wire: setAgentSelfRecord, `POST /onlineagent/{agentid}/setselfrecord/{recordflag}/{recordbeforetalking}`.
   */
  setAgentSelfRecord(input: { readonly recordflag: number; readonly recordbeforetalking: number }, options?: CallOptions): Promise<void>;

  /**
   * Gives the session another phone.
   *
   * On the wire: bindAgentPhone, `POST /onlineagent/{agentid}/bindphone`. May refuse with 000-006, 100-003, 100-009, 100-013, 100-014.
   */
  bindPhone(input: { readonly phone: string }, options?: CallOptions): Promise<void>;

  /**
   * Sends a short text to another agent, now or at its next sign-in.
   *
   * On the wire: sendNotelet, `POST /onlineagent/{agentid}/sendnotelet/{receiver}`. May refuse with 100-003, 300-003.
   */
  sendNote(input: { readonly to: number; readonly text: string }, options?: CallOptions): Promise<void>;

  /**
   * Sends a short text to several agents, now or at their next sign-ins.
   *
   * On the wire: sendNoteletEx, `POST /onlineagent/{agentid}/sendnoteletex`. May refuse with 000-006, 100-003, 300-003.
   */
  sendNotes(input: { readonly to: readonly number[]; readonly text: string }, options?: CallOptions): Promise<void>;

  /**
   * Sends a short text to the agents of a group or a skill queue, or to all of the VDN.
   *
   * On the wire: notifyBulletin, `POST /onlineagent/{agentid}/notifybulletin`. May refuse with 000-006, 300-001.
   */
  postBulletin(input: { readonly targetType?: number; readonly targetName?: string; readonly text: string }, options?: CallOptions): Promise<void>;

  /**
   * Lists the agents to whom the site gives a skill queue.
   *
   * On the wire: queryAgentInfoByConfigedSkillId, `GET /agentgroup/{agentid}/agentbyconfigedskill/{skillid}`.
   */
  queryAgentInfoByConfigedSkillId(input: { readonly skillid: number }, options?: CallOptions): Promise<readonly AgentInfo[]>;

  /**
   * Lists the agents that serve a skill queue.
   *
   * On the wire: queryAgentInfoBySkillId, `GET /agentgroup/{agentid}/agentbyskill/{skillid}`.
   */
  queryAgentInfoBySkillId(input: { readonly skillid: number }, options?: CallOptions): Promise<readonly AgentInfo[]>;

  /**
   * Tells of one agent of the VDN.
   *
   * On the wire: queryAgentInfoByWorkNo, `GET /agentgroup/{agentid}/agentbyworkno/{workno}`. May refuse with 300-003.
   */
  queryAgentInfoByWorkNo(input: { readonly workno: number }, options?: CallOptions): Promise<AgentInfo>;

  /**
   * Lists the numbers of the agents that serve a skill queue.
   *
   * On the wire: queryAgentIdsBySkillId, `GET /agentgroup/{agentid}/agentidsbyskill/{skillid}`.
   */
  queryAgentIdsBySkillId(input: { readonly skillid: number }, options?: CallOptions): Promise<readonly string[]>;

  /**
   * Tells of the agents that are named, without their skill queues.
   *
   * On the wire: queryAgentInfoWithoutSkills, `POST /agentgroup/{agentid}/agentinfonoskills`. May refuse with 000-006.
   */
  queryAgentInfoWithoutSkills(input: { readonly agentlist: readonly number[] }, options?: CallOptions): Promise<ReadonlyArray<{
  readonly workno: string;
  readonly name: string;
  /** 2 signed out, 3 not ready, 4 ready, 5 wrap-up, 7 engaged, 8 resting, 9 engaged or in wrap-up with a rest pending. */
  readonly status: 2 | 3 | 4 | 5 | 7 | 8 | 9;
  /** 0 signed out, 1 ready, 2 a contact is offered, 4 talking, 6 wrap-up, 7 not ready, 8 resting. */
  readonly ctiStatus: 0 | 1 | 2 | 4 | 6 | 7 | 8;
  /** 0: the agent has no group. */
  readonly groupid: number;
  readonly groupname: string;
  /** T or F for CTI server, text chat and mail. */
  readonly mediatype: string;
  readonly vdnid: number;
  /** Empty where the caller may not see it. */
  readonly phonenumber: string;
  /** Seconds in the state. */
  readonly currentstatetime: number;
  /** Epoch milliseconds of the sign-in; 0: signed out. */
  readonly logindate: number;
  readonly inMultimediaConf: boolean;
}>>;

  /**
   * Lists the agents of the VDN in one state.
   *
   * On the wire: getAgentListByStatus, `GET /agentgroup/{agentid}/agentlistbystatus`.
   */
  getAgentListByStatus(input: { readonly status: 2 | 3 | 4 | 5 | 7 | 8 | 9 }, options?: CallOptions): Promise<readonly AgentStateRow[]>;

  /**
   * Lists the agents of the caller's own group.
   *
   * On the wire: queryAllAgentInfoOnMyGroup, `GET /agentgroup/{agentid}/agentongroup`. May refuse with 300-004.
   */
  queryAllAgentInfoOnMyGroup(options?: CallOptions): Promise<readonly AgentInfo[]>;

  /**
   * Lists the agents of a group.
   *
   * On the wire: queryAllAgentInfoOnMyGroupEx, `GET /agentgroup/{agentid}/agentongroupex`. May refuse with 300-004.
   */
  queryAllAgentInfoOnMyGroupEx(input: { readonly groupid: number }, options?: CallOptions): Promise<readonly AgentInfo[]>;

  /**
   * Lists the agents that rest, to inspectors.
   *
   * On the wire: queryAgentRestDetailInfo, `GET /agentgroup/{agentid}/agentrestinfo`. May refuse with 300-001.
   */
  queryAgentRestDetailInfo(options?: CallOptions): Promise<readonly RestingAgent[]>;

  /**
   * Lists the names of all agents of the VDN.
   *
   * On the wire: queryAllAgentWasNameOnVdn, `GET /agentgroup/{agentid}/agentwasnameonvdn`.
   */
  queryAllAgentWasNameOnVdn(options?: CallOptions): Promise<readonly AgentName[]>;

  /**
   * Lists the states of all agents of the VDN.
   *
   * On the wire: getAllStatusAgents, `GET /agentgroup/{agentid}/allagentstatus`.
   */
  getAllStatusAgents(options?: CallOptions): Promise<readonly AgentStateRow[]>;

  /**
   * Lists the states of the agents that signed in at this node.
   *
   * On the wire: getAllStatusLocalAgents, `GET /agentgroup/{agentid}/alllocalagentstatus`.
   */
  getAllStatusLocalAgents(options?: CallOptions): Promise<readonly AgentStateRow[]>;

  /**
   * Tells the group of an agent.
   *
   * On the wire: queryGroupInfoByWorkNo, `GET /agentgroup/{agentid}/groupbyagent/{workno}`. May refuse with 300-003, 300-004.
   */
  queryGroupInfoByWorkNo(input: { readonly workno: number }, options?: CallOptions): Promise<GroupRow>;

  /**
   * Lists the groups of the VDN.
   *
   * On the wire: queryGroupInfoOnVdn, `GET /agentgroup/{agentid}/grouponvdn`.
   */
  queryGroupInfoOnVdn(options?: CallOptions): Promise<readonly GroupRow[]>;

  /**
   * Lists the agents that are ready.
   *
   * On the wire: getIdleStatusAgents, `GET /agentgroup/{agentid}/idleagent`.
   */
  getIdleStatusAgents(options?: CallOptions): Promise<readonly AgentStateRow[]>;

  /**
   * Tells whether the caller may call out.
   *
   * On the wire: isCallOut, `GET /agentgroup/{agentid}/iscallout`.
   */
  isCallOut(options?: CallOptions): Promise<boolean>;

  /**
   * Tells whether the caller is an inspector.
   *
   * On the wire: isCensor, `GET /agentgroup/{agentid}/iscensor`.
   */
  isSupervisor(options?: CallOptions): Promise<boolean>;

  /**
   * Tells whether the caller is the supervisor of a group.
   *
   * On the wire: isMonitor, `GET /agentgroup/{agentid}/ismonitor`.
   */
  isMonitor(options?: CallOptions): Promise<boolean>;

  /**
   * Tells whether the caller may pick up others' calls.
   *
   * On the wire: isPickUp, `GET /agentgroup/{agentid}/ispickup`.
   */
  isPickUp(options?: CallOptions): Promise<boolean>;

  /**
   * Tells whether the caller may manage reports.
   *
   * On the wire: isReportManager, `GET /agentgroup/{agentid}/isreportmanager`.
   */
  isReportManager(options?: CallOptions): Promise<boolean>;

  /**
   * Tells whether the caller may listen in unnoticed.
   *
   * On the wire: isSpyMonitor, `GET /agentgroup/{agentid}/isspymonitor`.
   */
  isSpyMonitor(options?: CallOptions): Promise<boolean>;

  /**
   * Tells whether the caller may ask about the installation.
   *
   * On the wire: isSystem, `GET /agentgroup/{agentid}/issystem`.
   */
  isSystem(options?: CallOptions): Promise<boolean>;

  /**
   * Lists the phones of the agents that are signed in, to inspectors.
   *
   * On the wire: queryAllLoggedInAgentPhonesOnVdn, `GET /agentgroup/{agentid}/loggedinagentphoneonvdn`. May refuse with 300-001.
   */
  queryAllLoggedInAgentPhonesOnVdn(options?: CallOptions): Promise<ReadonlyArray<{
  readonly workno: string;
  readonly phonenumber: string;
}>>;

  /**
   * Lists the states of the agents that are signed in.
   *
   * On the wire: queryAllLoginedAgentInfoOnVdn, `GET /agentgroup/{agentid}/onlineagentonvdn`.
   */
  queryAllLoginedAgentInfoOnVdn(options?: CallOptions): Promise<readonly AgentStateRow[]>;

  /**
   * Lists the states of all agents of the VDN, and for how long they last.
   *
   * On the wire: queryAgentStatusAndTimeOnVDN, `GET /agentgroup/{agentid}/queryagentstatus`.
   */
  queryAgentStatusAndTimeOnVDN(options?: CallOptions): Promise<ReadonlyArray<{
  readonly workno: string;
  readonly name: string;
  /** 2 signed out, 3 not ready, 4 ready, 5 wrap-up, 7 engaged, 8 resting, 9 engaged or in wrap-up with a rest pending. */
  readonly status: 2 | 3 | 4 | 5 | 7 | 8 | 9;
  /** 0 signed out, 1 ready, 2 a contact is offered, 4 talking, 6 wrap-up, 7 not ready, 8 resting. */
  readonly ctiStatus: 0 | 1 | 2 | 4 | 6 | 7 | 8;
  readonly groupName: string;
  /** Seconds. */
  readonly currentstatetime: number;
}>>;

  /**
   * Lists the states of all agents of the VDN, and the skill queues that they serve.
   *
   * On the wire: queryAgentStatusAndSkill, `GET /agentgroup/{agentid}/queryagentstatusandskill`.
   */
  queryAgentStatusAndSkill(options?: CallOptions): Promise<ReadonlyArray<{
  readonly workno: string;
  readonly name: string;
  /** 2 signed out, 3 not ready, 4 ready, 5 wrap-up, 7 engaged, 8 resting, 9 engaged or in wrap-up with a rest pending. */
  readonly status: 2 | 3 | 4 | 5 | 7 | 8 | 9;
  /** 0 signed out, 1 ready, 2 a contact is offered, 4 talking, 6 wrap-up, 7 not ready, 8 resting. */
  readonly ctiStatus: 0 | 1 | 2 | 4 | 6 | 7 | 8;
  readonly groupName: string;
  readonly skills: readonly SkillName[];
}>>;

  /**
   * Lists the reasons for a rest.
   *
   * On the wire: getAgentRestReason, `GET /agentgroup/{agentid}/restreason`.
   */
  getAgentRestReason(options?: CallOptions): Promise<readonly RestReason[]>;

  /**
   * Lists the signed-in agents that have one of the media.
   *
   * On the wire: queryAgentInfoByList, `GET /agentgroup/{agentid}/agentbylist`.
   */
  queryAgentInfoByList(input?: { readonly mediaTypes?: string | number }, options?: CallOptions): Promise<readonly AgentInfo[]>;

  /**
   * Makes another agent ready.
   *
   * On the wire: forceIdle, `POST /qualitycontrol/{agentid}/forceidle/{workNo}`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  forceReady(input: { readonly agent: number }, options?: CallOptions): Promise<void>;

  /**
   * Makes another agent not ready.
   *
   * On the wire: forceBusy, `POST /qualitycontrol/{agentid}/forcebusy/{workNo}`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  forceNotReady(input: { readonly agent: number }, options?: CallOptions): Promise<void>;

  /**
   * Sends another agent into a rest.
   *
   * On the wire: forceRest, `POST /qualitycontrol/{agentid}/forcerest/{workNo}/{time}/{reason}`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  forceRest(input: { readonly agent: number; readonly seconds: number; readonly reason: number }, options?: CallOptions): Promise<void>;

  /**
   * Signs another agent out.
   *
   * On the wire: forceLogOutAgent, `POST /qualitycontrol/{agentid}/forcelogout/{workNo}`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  forceSignOut(input: { readonly agent: number }, options?: CallOptions): Promise<void>;

  /**
   * Adds agents to those of whose sign-ins the inspector is told.
   *
   * On the wire: beginMonitor, `POST /qualitycontrol/{agentid}/beginmonitor`. May refuse with 900-002, 900-004.
   */
  beginWatching(input: { readonly agents: readonly number[] }, options?: CallOptions): Promise<void>;

  /**
   * Takes agents away from those of whose sign-ins the inspector is told.
   *
   * On the wire: endMonitor, `POST /qualitycontrol/{agentid}/endmonitor`. May refuse with 900-002, 900-004.
   */
  endWatching(input: { readonly agents: readonly number[] }, options?: CallOptions): Promise<void>;

  /**
   * Lists the agents of whose sign-ins the inspector is told.
   *
   * On the wire: queryAllMonitoredAgents, `GET /qualitycontrol/{agentid}/allagent`. May refuse with 900-002.
   */
  watchedAgents(options?: CallOptions): Promise<readonly MonitoredAgent[]>;

  /**
   * Would listen in to another agent's contact; there is none.
   *
   * On the wire: addSupervise, `PUT /qualitycontrol/{agentid}/addsupervise/{workNo}`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  addSupervise(input: { readonly workNo: number }, options?: CallOptions): Promise<void>;

  /**
   * Would join another agent's contact; there is none.
   *
   * On the wire: addInsert, `PUT /qualitycontrol/{agentid}/addinsert/{workNo}`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  addInsert(input: { readonly workNo: number }, options?: CallOptions): Promise<void>;

  /**
   * Would take over another agent's contact; there is none.
   *
   * On the wire: intercept, `PUT /qualitycontrol/{agentid}/intercept/{workNo}`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  intercept(input: { readonly workNo: number }, options?: CallOptions): Promise<void>;

  /**
   * Would switch between listening in and joining; there is no contact.
   *
   * On the wire: switchSuperviseOrInsert, `POST /qualitycontrol/{agentid}/switch/{workNo}`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  switchSuperviseOrInsert(input: { readonly workNo: number }, options?: CallOptions): Promise<void>;

  /**
   * Would end listening in or joining; there is no contact.
   *
   * On the wire: stopSuperviseOrInsert, `DELETE /qualitycontrol/{agentid}/{workNo}`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  stopSuperviseOrInsert(input: { readonly workNo: number }, options?: CallOptions): Promise<void>;

  /**
   * Would whisper to another agent; there is no contact.
   *
   * On the wire: requestWhisperAgent, `POST /qualitycontrol/{agentid}/requestwhisperagent`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  requestWhisperAgent(input: { readonly whisperagentid: string | number }, options?: CallOptions): Promise<void>;

  /**
   * Would end whispering; there is no contact.
   *
   * On the wire: requestStopWhisperAgent, `POST /qualitycontrol/{agentid}/requeststopwhisperagent`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  requestStopWhisperAgent(input: { readonly whisperagentid: string | number }, options?: CallOptions): Promise<void>;

  /**
   * Would switch between joining and whispering; there is no contact.
   *
   * On the wire: requestSwitchInsertWhisperAgent, `POST /qualitycontrol/{agentid}/requestswitchinsertwhisperagent`. May refuse with 000-005, 900-002, 900-004, 900-005.
   */
  requestSwitchInsertWhisperAgent(input: { readonly whisperagentid: string | number }, options?: CallOptions): Promise<void>;

  /**
   * Tells the node of an agent.
   *
   * On the wire: queryAgentClusterInfo, `GET /querymonitor/{agentid}/agentclusterinfo/{workno}`. May refuse with 300-003.
   */
  queryAgentClusterInfo(input: { readonly workno: number }, options?: CallOptions): Promise<AgentNode>;

  /**
   * Lists the nodes of all agents that are signed in.
   *
   * On the wire: queryAllAgentClusterInfo, `GET /querymonitor/{agentid}/allagentclusterinfo`.
   */
  queryAllAgentClusterInfo(options?: CallOptions): Promise<readonly AgentNode[]>;

  /**
   * Tells the cluster and its nodes.
   *
   * On the wire: queryClusterInfo, `GET /querymonitor/{agentid}/clusterinfo`.
   */
  queryClusterInfo(options?: CallOptions): Promise<ClusterInfo>;

  /**
   * Tells the cluster of this name and its nodes.
   *
   * On the wire: queryClusterInfoByName, `GET /querymonitor/{agentid}/clusterinfobyname/{clustername}`. May refuse with 300-002.
   */
  queryClusterInfoByName(input: { readonly clustername: string }, options?: CallOptions): Promise<ClusterInfo>;

  /**
   * Tells the store's time.
   *
   * On the wire: queryServerTime, `GET /querymonitor/{agentid}/servertime`.
   */
  queryServerTime(options?: CallOptions): Promise<number>;

  /**
   * Is answered and recorded, and changes nothing: no agent switches off its own lease.
   *
   * On the wire: setAgentTimeOut, `POST /querymonitor/{agentid}/setagenttimeout/{flag}`.
   */
  setAgentTimeOut(input: { readonly flag: boolean }, options?: CallOptions): Promise<void>;

  /**
   * Is answered and recorded, and changes nothing: no text chat is offered.
   *
   * On the wire: setMaxChatNum, `POST /querymonitor/{agentid}/setmaxchatnum/{vdnid}/{chatnum}`.
   */
  setMaxChatNum(input: { readonly vdnid: number; readonly chatnum: number; readonly agents?: string }, options?: CallOptions): Promise<void>;

  /**
   * Tells the figures of a skill queue; nothing where the VDN does not have it.
   *
   * On the wire: querySkillsStatisticInfo, `GET /querymonitor/{agentid}/skillstatisticinfo/{skillid}`.
   */
  querySkillsStatisticInfo(input: { readonly skillid: number }, options?: CallOptions): Promise<SkillFigures | Readonly<Record<string, never>>>;

  /**
   * Tells the state of the installation.
   *
   * On the wire: querySystemStateInfo, `GET /querymonitor/{agentid}/systemstate`.
   */
  querySystemStateInfo(options?: CallOptions): Promise<{
  readonly state: 'starting' | 'serving' | 'draining';
  readonly agents: number;
  readonly nodes: number;
}>;

  /**
   * Tells the version of the server.
   *
   * On the wire: querySysVersion, `GET /querymonitor/{agentid}/systemversion`.
   */
  querySysVersion(options?: CallOptions): Promise<string>;

  /**
   * Lists the skill queues that the site gives an agent.
   *
   * On the wire: querySkillQueueOnAgent, `GET /queuedevice/{agentid}/agentskill/{workNo}`. May refuse with 600-001.
   */
  querySkillQueueOnAgent(input: { readonly workNo: number }, options?: CallOptions): Promise<readonly SkillInfo[]>;

  /**
   * Lists the skill queues of the caller's VDN.
   *
   * On the wire: querySkillQueueOnAgentVDN, `GET /queuedevice/{agentid}/agentvdnskill`. May refuse with 600-005.
   */
  querySkillQueueOnAgentVDN(options?: CallOptions): Promise<readonly SkillInfo[]>;

  /**
   * Lists the access codes of the VDN.
   *
   * On the wire: queryInNoOnVDN, `GET /queuedevice/{agentid}/innoinfo`. May refuse with 600-003.
   */
  queryInNoOnVDN(options?: CallOptions): Promise<readonly AccessCode[]>;

  /**
   * Lists the IVRs of the VDN.
   *
   * On the wire: queryIVRInfoOnVdn, `GET /queuedevice/{agentid}/ivrinfo`. May refuse with 600-004.
   */
  queryIVRInfoOnVdn(options?: CallOptions): Promise<readonly Ivr[]>;

  /**
   * Tells the figures of skill queues.
   *
   * On the wire: queryStatInfoOfAcd, `POST /queuedevice/{agentid}/queryacdstat`. May refuse with 000-006.
   */
  queryStatInfoOfAcd(input: { readonly skills: readonly number[] }, options?: CallOptions): Promise<readonly SkillFigures[]>;

  /**
   * Tells the figures of skill queues.
   *
   * On the wire: querySkillStatWithVdn, `POST /queuedevice/{agentid}/queryskillstat`. May refuse with 000-006.
   */
  querySkillStatWithVdn(input: { readonly skills: readonly number[] }, options?: CallOptions): Promise<readonly SkillFigures[]>;

  /**
   * Lists the skill queues of a VDN, which has to be the own one.
   *
   * On the wire: querySkillQueueOnVDN, `GET /queuedevice/{agentid}/vdnskill/{vdnid}`. May refuse with 300-003, 600-002.
   */
  querySkillQueueOnVDN(input: { readonly vdnid: number }, options?: CallOptions): Promise<readonly SkillInfo[]>;

  /**
   * Tells how many wait in the skill queues that the agent serves; nobody does.
   *
   * On the wire: queryQueueLengthOnAgentSkills, `GET /queuedevice/{agentid}/waitnumbyagent`.
   */
  queryQueueLengthOnAgentSkills(options?: CallOptions): Promise<ReadonlyArray<{
  readonly name: string;
  readonly id: number;
  /** 1 text, 5 voice. */
  readonly mediatype: 1 | 5;
  readonly waitnum: number;
}>>;

  /**
   * Lists the skill queues that the site gives the caller.
   *
   * On the wire: queryAgentSkills, `GET /onlineagent/{agentid}/agentskills`. May refuse with 600-001.
   */
  queryAgentSkills(options?: CallOptions): Promise<readonly SkillInfo[]>;

  /**
   * Lists the skill queues that the site gives an agent.
   *
   * On the wire: queryAgentSkillsByWorkNo, `GET /onlineagent/{agentid}/agentskillsbyworkno/{workno}`. May refuse with 600-001.
   */
  queryAgentSkillsByWorkNo(input: { readonly workno: number }, options?: CallOptions): Promise<readonly SkillInfo[]>;

  /**
   * Sets the skill queues that the agent serves.
   *
   * On the wire: resetSkill, `POST /onlineagent/{agentid}/resetskill/{autoflag}`.
   */
  serveSkillQueues(input: { readonly automatic: boolean; readonly skillQueues?: readonly number[]; readonly phoneLinkage?: boolean }, options?: CallOptions): Promise<void>;
}

/** How each is sent. */
export const OPERATION_ROWS: Readonly<Record<keyof Operations, OperationRow>> = {
  keepAlive: { wireName: 'handShake', method: 'POST', path: '/onlineagent/{}/handshake' },
  changePassword: { wireName: 'modifyAccountPwdEx', method: 'POST', path: '/onlineagent/{}/modifyaccountpwdex', body: { oldPassword: 'oldPassword', newPassword: 'newPassword' } },
  agentState: { wireName: 'getAgentStatus', method: 'GET', path: '/onlineagent/{}/agentstatus' },
  becomeReady: { wireName: 'sayFree', method: 'POST', path: '/onlineagent/{}/sayfree' },
  becomeNotReady: { wireName: 'sayBusy', method: 'POST', path: '/onlineagent/{}/saybusy', query: { reason: 'reason', prolong: 'prolong' } },
  endNotReady: { wireName: 'cancelBusy', method: 'POST', path: '/onlineagent/{}/cancelbusy' },
  rest: { wireName: 'rest', method: 'POST', path: '/onlineagent/{}/rest/{seconds}/{reason}', query: { prolong: 'prolong' } },
  endRest: { wireName: 'cancelRest', method: 'POST', path: '/onlineagent/{}/cancelrest' },
  beginWrapUp: { wireName: 'sayWork', method: 'POST', path: '/onlineagent/{}/work' },
  endWrapUp: { wireName: 'cancelWork', method: 'POST', path: '/onlineagent/{}/cancelwork' },
  setAutoAnswer: { wireName: 'setAgentAutoAnswer', method: 'POST', path: '/onlineagent/{}/autoanswer/{on}' },
  setAutoEnterReady: { wireName: 'setAgentAutoEnterIdle', method: 'POST', path: '/onlineagent/{}/autoenteridle/{on}' },
  setTalkRight: { wireName: 'setTalkRight', method: 'POST', path: '/onlineagent/{}/settalkright', query: { right: 'flag' } },
  setCustomState: { wireName: 'setCustomState', method: 'POST', path: '/onlineagent/{}/setcustomstate', query: { state: 'customstate' } },
  customState: { wireName: 'queryCustomState', method: 'GET', path: '/onlineagent/{}/querycustomstate' },
  setForwarding: { wireName: 'setForwarding', method: 'POST', path: '/onlineagent/{}/setforwarding', body: { phone: 'phonenum' } },
  setAgentSelfRecord: { wireName: 'setAgentSelfRecord', method: 'POST', path: '/onlineagent/{}/setselfrecord/{recordflag}/{recordbeforetalking}' },
  bindPhone: { wireName: 'bindAgentPhone', method: 'POST', path: '/onlineagent/{}/bindphone', body: { phone: 'phonenum' } },
  sendNote: { wireName: 'sendNotelet', method: 'POST', path: '/onlineagent/{}/sendnotelet/{to}', query: { text: 'content' } },
  sendNotes: { wireName: 'sendNoteletEx', method: 'POST', path: '/onlineagent/{}/sendnoteletex', body: { to: 'agentIds', text: 'content' } },
  postBulletin: { wireName: 'notifyBulletin', method: 'POST', path: '/onlineagent/{}/notifybulletin', body: { targetType: 'targettype', targetName: 'targetname', text: 'bulletindata' } },
  queryAgentInfoByConfigedSkillId: { wireName: 'queryAgentInfoByConfigedSkillId', method: 'GET', path: '/agentgroup/{}/agentbyconfigedskill/{skillid}' },
  queryAgentInfoBySkillId: { wireName: 'queryAgentInfoBySkillId', method: 'GET', path: '/agentgroup/{}/agentbyskill/{skillid}' },
  queryAgentInfoByWorkNo: { wireName: 'queryAgentInfoByWorkNo', method: 'GET', path: '/agentgroup/{}/agentbyworkno/{workno}' },
  queryAgentIdsBySkillId: { wireName: 'queryAgentIdsBySkillId', method: 'GET', path: '/agentgroup/{}/agentidsbyskill/{skillid}' },
  queryAgentInfoWithoutSkills: { wireName: 'queryAgentInfoWithoutSkills', method: 'POST', path: '/agentgroup/{}/agentinfonoskills', body: { agentlist: 'agentlist' } },
  getAgentListByStatus: { wireName: 'getAgentListByStatus', method: 'GET', path: '/agentgroup/{}/agentlistbystatus', query: { status: 'status' } },
  queryAllAgentInfoOnMyGroup: { wireName: 'queryAllAgentInfoOnMyGroup', method: 'GET', path: '/agentgroup/{}/agentongroup' },
  queryAllAgentInfoOnMyGroupEx: { wireName: 'queryAllAgentInfoOnMyGroupEx', method: 'GET', path: '/agentgroup/{}/agentongroupex', query: { groupid: 'groupid' } },
  queryAgentRestDetailInfo: { wireName: 'queryAgentRestDetailInfo', method: 'GET', path: '/agentgroup/{}/agentrestinfo' },
  queryAllAgentWasNameOnVdn: { wireName: 'queryAllAgentWasNameOnVdn', method: 'GET', path: '/agentgroup/{}/agentwasnameonvdn' },
  getAllStatusAgents: { wireName: 'getAllStatusAgents', method: 'GET', path: '/agentgroup/{}/allagentstatus' },
  getAllStatusLocalAgents: { wireName: 'getAllStatusLocalAgents', method: 'GET', path: '/agentgroup/{}/alllocalagentstatus' },
  queryGroupInfoByWorkNo: { wireName: 'queryGroupInfoByWorkNo', method: 'GET', path: '/agentgroup/{}/groupbyagent/{workno}' },
  queryGroupInfoOnVdn: { wireName: 'queryGroupInfoOnVdn', method: 'GET', path: '/agentgroup/{}/grouponvdn' },
  getIdleStatusAgents: { wireName: 'getIdleStatusAgents', method: 'GET', path: '/agentgroup/{}/idleagent' },
  isCallOut: { wireName: 'isCallOut', method: 'GET', path: '/agentgroup/{}/iscallout' },
  isSupervisor: { wireName: 'isCensor', method: 'GET', path: '/agentgroup/{}/iscensor' },
  isMonitor: { wireName: 'isMonitor', method: 'GET', path: '/agentgroup/{}/ismonitor' },
  isPickUp: { wireName: 'isPickUp', method: 'GET', path: '/agentgroup/{}/ispickup' },
  isReportManager: { wireName: 'isReportManager', method: 'GET', path: '/agentgroup/{}/isreportmanager' },
  isSpyMonitor: { wireName: 'isSpyMonitor', method: 'GET', path: '/agentgroup/{}/isspymonitor' },
  isSystem: { wireName: 'isSystem', method: 'GET', path: '/agentgroup/{}/issystem' },
  queryAllLoggedInAgentPhonesOnVdn: { wireName: 'queryAllLoggedInAgentPhonesOnVdn', method: 'GET', path: '/agentgroup/{}/loggedinagentphoneonvdn' },
  queryAllLoginedAgentInfoOnVdn: { wireName: 'queryAllLoginedAgentInfoOnVdn', method: 'GET', path: '/agentgroup/{}/onlineagentonvdn' },
  queryAgentStatusAndTimeOnVDN: { wireName: 'queryAgentStatusAndTimeOnVDN', method: 'GET', path: '/agentgroup/{}/queryagentstatus' },
  queryAgentStatusAndSkill: { wireName: 'queryAgentStatusAndSkill', method: 'GET', path: '/agentgroup/{}/queryagentstatusandskill' },
  getAgentRestReason: { wireName: 'getAgentRestReason', method: 'GET', path: '/agentgroup/{}/restreason' },
  queryAgentInfoByList: { wireName: 'queryAgentInfoByList', method: 'GET', path: '/agentgroup/{}/agentbylist', query: { mediaTypes: 'mediaTypes' } },
  forceReady: { wireName: 'forceIdle', method: 'POST', path: '/qualitycontrol/{}/forceidle/{agent}' },
  forceNotReady: { wireName: 'forceBusy', method: 'POST', path: '/qualitycontrol/{}/forcebusy/{agent}' },
  forceRest: { wireName: 'forceRest', method: 'POST', path: '/qualitycontrol/{}/forcerest/{agent}/{seconds}/{reason}' },
  forceSignOut: { wireName: 'forceLogOutAgent', method: 'POST', path: '/qualitycontrol/{}/forcelogout/{agent}' },
  beginWatching: { wireName: 'beginMonitor', method: 'POST', path: '/qualitycontrol/{}/beginmonitor', query: { agents: 'agents' } },
  endWatching: { wireName: 'endMonitor', method: 'POST', path: '/qualitycontrol/{}/endmonitor', query: { agents: 'agents' } },
  watchedAgents: { wireName: 'queryAllMonitoredAgents', method: 'GET', path: '/qualitycontrol/{}/allagent' },
  addSupervise: { wireName: 'addSupervise', method: 'PUT', path: '/qualitycontrol/{}/addsupervise/{workNo}' },
  addInsert: { wireName: 'addInsert', method: 'PUT', path: '/qualitycontrol/{}/addinsert/{workNo}' },
  intercept: { wireName: 'intercept', method: 'PUT', path: '/qualitycontrol/{}/intercept/{workNo}' },
  switchSuperviseOrInsert: { wireName: 'switchSuperviseOrInsert', method: 'POST', path: '/qualitycontrol/{}/switch/{workNo}' },
  stopSuperviseOrInsert: { wireName: 'stopSuperviseOrInsert', method: 'DELETE', path: '/qualitycontrol/{}/{workNo}' },
  requestWhisperAgent: { wireName: 'requestWhisperAgent', method: 'POST', path: '/qualitycontrol/{}/requestwhisperagent', query: { whisperagentid: 'whisperagentid' } },
  requestStopWhisperAgent: { wireName: 'requestStopWhisperAgent', method: 'POST', path: '/qualitycontrol/{}/requeststopwhisperagent', query: { whisperagentid: 'whisperagentid' } },
  requestSwitchInsertWhisperAgent: { wireName: 'requestSwitchInsertWhisperAgent', method: 'POST', path: '/qualitycontrol/{}/requestswitchinsertwhisperagent', query: { whisperagentid: 'whisperagentid' } },
  queryAgentClusterInfo: { wireName: 'queryAgentClusterInfo', method: 'GET', path: '/querymonitor/{}/agentclusterinfo/{workno}' },
  queryAllAgentClusterInfo: { wireName: 'queryAllAgentClusterInfo', method: 'GET', path: '/querymonitor/{}/allagentclusterinfo' },
  queryClusterInfo: { wireName: 'queryClusterInfo', method: 'GET', path: '/querymonitor/{}/clusterinfo' },
  queryClusterInfoByName: { wireName: 'queryClusterInfoByName', method: 'GET', path: '/querymonitor/{}/clusterinfobyname/{clustername}' },
  queryServerTime: { wireName: 'queryServerTime', method: 'GET', path: '/querymonitor/{}/servertime' },
  setAgentTimeOut: { wireName: 'setAgentTimeOut', method: 'POST', path: '/querymonitor/{}/setagenttimeout/{flag}' },
  setMaxChatNum: { wireName: 'setMaxChatNum', method: 'POST', path: '/querymonitor/{}/setmaxchatnum/{vdnid}/{chatnum}', query: { agents: 'agents' } },
  querySkillsStatisticInfo: { wireName: 'querySkillsStatisticInfo', method: 'GET', path: '/querymonitor/{}/skillstatisticinfo/{skillid}' },
  querySystemStateInfo: { wireName: 'querySystemStateInfo', method: 'GET', path: '/querymonitor/{}/systemstate' },
  querySysVersion: { wireName: 'querySysVersion', method: 'GET', path: '/querymonitor/{}/systemversion' },
  querySkillQueueOnAgent: { wireName: 'querySkillQueueOnAgent', method: 'GET', path: '/queuedevice/{}/agentskill/{workNo}' },
  querySkillQueueOnAgentVDN: { wireName: 'querySkillQueueOnAgentVDN', method: 'GET', path: '/queuedevice/{}/agentvdnskill' },
  queryInNoOnVDN: { wireName: 'queryInNoOnVDN', method: 'GET', path: '/queuedevice/{}/innoinfo' },
  queryIVRInfoOnVdn: { wireName: 'queryIVRInfoOnVdn', method: 'GET', path: '/queuedevice/{}/ivrinfo' },
  queryStatInfoOfAcd: { wireName: 'queryStatInfoOfAcd', method: 'POST', path: '/queuedevice/{}/queryacdstat', body: { skills: 'skills' } },
  querySkillStatWithVdn: { wireName: 'querySkillStatWithVdn', method: 'POST', path: '/queuedevice/{}/queryskillstat', body: { skills: 'skills' } },
  querySkillQueueOnVDN: { wireName: 'querySkillQueueOnVDN', method: 'GET', path: '/queuedevice/{}/vdnskill/{vdnid}' },
  queryQueueLengthOnAgentSkills: { wireName: 'queryQueueLengthOnAgentSkills', method: 'GET', path: '/queuedevice/{}/waitnumbyagent' },
  queryAgentSkills: { wireName: 'queryAgentSkills', method: 'GET', path: '/onlineagent/{}/agentskills' },
  queryAgentSkillsByWorkNo: { wireName: 'queryAgentSkillsByWorkNo', method: 'GET', path: '/onlineagent/{}/agentskillsbyworkno/{workno}' },
  serveSkillQueues: { wireName: 'resetSkill', method: 'POST', path: '/onlineagent/{}/resetskill/{automatic}', query: { skillQueues: 'skillid', phoneLinkage: 'phonelinkage' } },
};
