import type { AgentEvent } from './agent-event.ts';
import type { GatewayAddress } from './gateway-call.ts';
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

/** What a transport brings, one connection long. */
export type Arrival =
  | { readonly kind: 'open' }
  /** All is well, and nothing is new. */
  | { readonly kind: 'quiet' }
  | { readonly kind: 'event'; readonly position: string; readonly event: AgentEvent }
  /** The place asked for cannot be continued: reading goes on behind `position`, and `snapshot` is how things are now. */
  | { readonly kind: 'notRecovered'; readonly position: string; readonly snapshot: AgentEvent };
