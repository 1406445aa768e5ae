import type { Directory, ListedAgent, Roster } from '../services/directory.ts';
import { AgentView } from './agent-view.ts';
import { type Reply, refuse, type SessionCall } from './call.ts';

/** What a query is answered from: the caller's VDN as it was at most a second ago, and the caller in it. */
export interface Asked {
  readonly roster: Roster;
  readonly view: AgentView;
  readonly caller: ListedAgent;
  readonly isInspector: boolean;
}

type Answer<Input> = (asked: Asked, call: SessionCall, input: Input) => Reply | Promise<Reply>;

/** A handler that is answered from the caller's VDN. */
export type Asking = <Input>(answer: Answer<Input>) => (call: SessionCall, input: Input) => Promise<Reply>;

/** Makes handlers of queries about the caller's own VDN (rule QU-1). */
export function askingIn(directory: Directory): Asking {
  return (answer) => async (call, input) => {
    const roster = await directory.roster(call.live.record.tenantId);
    const caller = roster?.find(call.workNumber);
    // A caller whom the list of a moment ago does not have is gone, and its session with it.
    if (roster === undefined || caller === undefined) return refuse('100-006');
    const isInspector = caller.definition.role === 'supervisor';
    return answer({ roster, view: AgentView.of(roster), caller, isInspector }, call, input);
  };
}

/** A result that is made once for all who ask. */
export function sharedResult(roster: Roster, name: string, make: () => unknown): Reply {
  return { kind: 'resultText', text: roster.shared(name, () => JSON.stringify(make())) };
}
