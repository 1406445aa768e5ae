import { Refusal } from './errors.ts';
import { type EventItem, type EventOptions, EventReading } from './event-reading.ts';
import {
  type CallOptions,
  type GatewayAddress,
  type GatewayCall,
  makeCall,
  tokenIn,
} from './gateway-call.ts';
import type { Operations } from './generated/operations.ts';
import { makeOperations } from './operation-calls.ts';

/** What the sign-in was answered with. */
export interface SignedIn {
  readonly workNumber: number;
  /** The VDN that the agent belongs to. */
  readonly vdn: number;
  /** When the session began, epoch milliseconds by the server's time. */
  readonly atMs: number;
  /** Nothing is offered to the agent until `operations.changePassword` was called. */
  readonly mustChangePassword: boolean;
  /** Whole days that the password is valid; null: it never expires. */
  readonly passwordDaysLeft: number | null;
  readonly serverName: string;
  readonly hasTextChat: boolean;
}

/** What a page keeps to go on with a session after a reload; plain JSON, and as secret as a password. */
export interface KeptSession {
  readonly server: string;
  readonly token: string;
  /** Place of the last event that was handled; null: none yet. */
  readonly position: string | null;
  readonly signedIn: SignedIn;
}

/** Takes what is to be kept, each time that it changes; null: the session is over. */
export type Remember = (kept: KeptSession | null) => void;

export type SignOutOptions = CallOptions & {
  /** Drop a contact that the agent handles; without it the sign-out is refused then. */
  readonly dropsContact?: boolean;
  /** A reason for the record, 1 to 255; the contact is dropped. */
  readonly reason?: number;
};

/** One sign-in of one agent. */
export class Session {
  readonly signedIn: SignedIn;
  readonly operations: Operations;
  readonly #address: GatewayAddress;
  readonly #remember: Remember;
  #token: string;
  #position: string | null;
  #isReading = false;
  #isOver = false;

  constructor(address: GatewayAddress, kept: KeptSession, remember: Remember = () => undefined) {
    this.#address = address;
    this.#remember = remember;
    this.#token = kept.token;
    this.#position = kept.position;
    this.signedIn = kept.signedIn;
    this.operations = makeOperations(kept.signedIn.workNumber, async (call, options) => {
      return (await this.#call(call, options)).result;
    });
  }

  get workNumber(): number {
    return this.signedIn.workNumber;
  }

  get server(): string {
    return this.#address.server;
  }

  /** Proves that a call belongs to this session; changes where the installation renews tokens. */
  get token(): string {
    return this.#token;
  }

  /** What {@link resume} goes on with. */
  get kept(): KeptSession {
    const { server, token, signedIn } = this;
    return { server, token, signedIn, position: this.#position };
  }

  /**
   * The session's events in order, each once, from `after` or from where this session's reading stands: the event whose
   * handling the loop has finished last, or the session's beginning. Ends when the session does (rules CL-13 to CL-22).
   */
  async *events(options: EventOptions = {}): AsyncGenerator<EventItem, void, void> {
    if (this.#isReading) throw new TypeError('the events of this session are being read already');
    this.#isReading = true;
    const source = {
      address: this.#address,
      signedIn: this.signedIn,
      token: () => this.#token,
      adopt: (headers: Headers) => this.#adopt(headers),
      silenceMs: options.silenceMs ?? SILENCE_MS,
    };
    try {
      const reading = new EventReading(source, { ...options, after: options.after ?? this.#position });
      for await (const item of reading.items()) {
        if (item.kind === 'ended') this.#end();
        yield item;
        if (item.kind === 'event') this.#moveOn(item.position);
      }
    } finally {
      this.#isReading = false;
    }
  }

  /** Has the server give a fresh token at once. */
  async renewToken(options?: CallOptions): Promise<void> {
    const path = `/onlineagent/${this.workNumber}/updateGuid`;
    await this.#call({ operation: 'updateGuid', method: 'PUT', path }, options);
  }

  /** Ends the session. One that was over already is none the worse for it (rule CL-7). */
  async signOut({ dropsContact, reason, ...options }: SignOutOptions = {}): Promise<void> {
    const agent = `/onlineagent/${this.workNumber}`;
    const { operation, name } = signOutKind(dropsContact === true, reason);
    try {
      await this.#call({ operation, method: 'DELETE', path: `${agent}/${name}` }, options);
    } catch (cause) {
      if (!(cause instanceof Refusal && SIGNED_OUT.includes(cause.code))) throw cause;
    }
    this.#end();
  }

  async #call(call: GatewayCall, options: CallOptions | undefined) {
    const answer = await makeCall(this.#address, { ...call, token: this.#token }, options);
    this.#adopt(answer.headers);
    return answer;
  }

  #adopt(headers: Headers): void {
    const token = tokenIn(headers);
    if (token === null || token === this.#token) return;
    this.#token = token;
    this.#keep();
  }

  #moveOn(position: string): void {
    this.#position = position;
    this.#keep();
  }

  /** A session that is over is not brought back by an answer that was still on its way. */
  #keep(): void {
    if (!this.#isOver) this.#remember(this.kept);
  }

  #end(): void {
    this.#isOver = true;
    this.#remember(null);
  }
}

const SILENCE_MS = 20_000;

/** Already signed out, or its token is forgotten. */
const SIGNED_OUT: readonly string[] = ['100-006', '100-008'];

function signOutKind(dropsContact: boolean, reason: number | undefined) {
  if (reason !== undefined) {
    return { operation: 'forceLogoutWithReason', name: `forcelogoutwithreason/${reason}` };
  }
  return dropsContact
    ? { operation: 'forceLogout', name: 'forcelogout' }
    : { operation: 'logout', name: 'logout' };
}
