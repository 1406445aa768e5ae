import type { AgentNode, MaxChatsQuery } from '@rollcall/contract';
import type { AgentSessions } from '../services/agent-sessions.ts';
import type { Directory, ListedAgent } from '../services/directory.ts';
import { type Reply, refuse, type SessionCall } from './call.ts';
import { replyToCommand } from './outcome-replies.ts';
import { type Asked, askingIn } from './vdn-query.ts';

interface QueryMonitorParts {
  readonly directory: Directory;
  readonly sessions: AgentSessions;
  readonly serverName: string;
  readonly nodeName: string;
  readonly version: string;
  readonly phase: () => string;
  /** The store's time, epoch ms. */
  readonly storeTimeMs: () => number;
}

/** Queries about the installation, for those with the system right (rules QU-13 to QU-15). */
export function queryMonitorRoutes(parts: QueryMonitorParts) {
  const { directory, sessions, serverName, nodeName } = parts;
  const asking = askingIn(directory);
  const systemOnly = <Input>(
    answer: (asked: Asked, call: SessionCall, input: Input) => Reply | Promise<Reply>,
  ) =>
    asking((asked, call, input: Input) =>
      asked.caller.definition.rights.includes('system') ? answer(asked, call, input) : refuse('000-003'),
    );
  const nodeOf = ({ record: { workNumber, session } }: ListedAgent): AgentNode => ({
    workno: String(workNumber),
    clusterName: serverName,
    nodeName: session?.settings.node ?? '',
  });
  const cluster = (): Reply => ({
    kind: 'result',
    result: { clusterName: serverName, nodes: [{ name: nodeName, state: parts.phase() }] },
  });
  const recorded = async (
    { live }: SessionCall,
    act: Parameters<AgentSessions['record']>[1],
  ): Promise<Reply> => replyToCommand(await sessions.record(live, act));
  return {
    queryServerTime: async (): Promise<Reply> => ({ kind: 'result', result: parts.storeTimeMs() }),
    querySysVersion: systemOnly(() => ({ kind: 'result', result: parts.version })),
    querySystemStateInfo: systemOnly(({ roster }) => {
      const agents = roster.agents.filter(({ record }) => record.session !== null).length;
      return { kind: 'result', result: { state: parts.phase(), agents, nodes: 1 } };
    }),
    queryClusterInfo: systemOnly(cluster),
    queryClusterInfoByName: systemOnly((_asked, { pathParameters }) =>
      pathParameters.clustername === serverName ? cluster() : refuse('300-002'),
    ),
    queryAgentClusterInfo: systemOnly(({ roster }, { pathParameters }) => {
      const agent = roster.find(Number(pathParameters.workno));
      return agent === undefined ? refuse('300-003') : { kind: 'result', result: nodeOf(agent) };
    }),
    queryAllAgentClusterInfo: systemOnly(({ roster }) => ({
      kind: 'result',
      result: roster.agents.filter(({ record }) => record.session !== null).map(nodeOf),
    })),
    setAgentTimeOut: systemOnly((_asked, call) =>
      recorded(call, { kind: 'leaseSettingAsked', flag: call.pathParameters.flag ?? '' }),
    ),
    setMaxChatNum: systemOnly(({ roster }, call, { agents = '' }: MaxChatsQuery) => {
      const { vdnid, chatnum } = call.pathParameters;
      if (Number(vdnid) !== roster.tenant.tenantId) return refuse('000-003');
      return recorded(call, { kind: 'mostChatsAsked', chats: Number(chatnum), agents });
    }),
  };
}
