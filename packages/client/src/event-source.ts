import type { AgentEvent } from './agent-event.ts';
import { type GatewayAddress, makeCall } from './gateway-call.ts';
import type { SignedIn } from './session.ts';

/** The session whose events are read. */
export interface EventSource {
  readonly address: GatewayAddress;
  readonly signedIn: SignedIn;
  readonly token: () => string;
  /** Takes the fresh token that an answer may carry. */
  readonly adopt: (headers: Headers) => void;
  /** How long a connection may be silent before it is taken for dead. */
  readonly silenceMs: number;
}

/** An agent's state as the server tells it to a reader that it cannot tell what happened before. */
export interface PresentState {
  readonly state: 'signedOut' | 'ready' | 'notReady' | 'resting' | 'wrapUp' | 'engaged';
  /** Of `notReady` and `resting`; 0 where the agent named none. */
  readonly reason: number | null;
}

/** What a transport brings, one connection long. */
export type Arrival =
  | { readonly kind: 'open' }
  /** All is well, and nothing is new. */
  | { readonly kind: 'quiet' }
  | { readonly kind: 'event'; readonly position: string; readonly event: AgentEvent }
  /**
   * The place asked for cannot be continued. What comes next lies right behind `position`, or where that is null, at a
   * place of its own; `present` is null where it is not told.
   */
  | { readonly kind: 'notRecovered'; readonly position: string | null; readonly present: PresentState | null }
  /** The session has ended, and all of its events were told. */
  | { readonly kind: 'over' };

/** Calls the server about the session, which tells quickly whether it is there and the token is good. */
export async function shakeHands(
  { address, signedIn, token, adopt, silenceMs }: EventSource,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = `/onlineagent/${signedIn.workNumber}/handshake`;
  const call = { operation: 'handShake', method: 'POST', path, token: token() };
  const timeoutMs = Math.min(silenceMs, address.timeoutMs);
  adopt((await makeCall(address, call, { timeoutMs, signal })).headers);
}
