/** The client of Rollcall for browsers and Node: signing in, acting, and reading events without losing one. */
export type { AgentEvent } from './agent-event.ts';
export {
  AdministrationRefusal,
  NetworkFault,
  type NetworkFaultKind,
  Refusal,
  type RefusalCode,
} from './errors.ts';
export type {
  ConnectionStatus,
  EventItem,
  EventOptions,
  SessionEnd,
  TransportName,
} from './event-reading.ts';
export type { PresentState } from './event-source.ts';
export type { Fetch } from './exchange.ts';
export type { CallOptions } from './gateway-call.ts';
export { EVENT_TYPES, type EventType } from './generated/event-types.ts';
export type * from './generated/operations.ts';
export { RESULT_CODES, type ResultCode } from './generated/result-codes.ts';
export { type KeptSession, type Remember, Session, type SignedIn, type SignOutOptions } from './session.ts';
export {
  type ConnectionOptions,
  resume,
  type SignInOptions,
  type SignInSettings,
  signIn,
} from './sign-in.ts';
export { type FeedAgent, type FeedItem, type FeedOptions, type FeedStatus, vdnFeed } from './vdn-feed.ts';
export {
  verifyWebhook,
  type WebhookBatch,
  type WebhookEvent,
  type WebhookRequest,
  type WebhookVerdict,
} from './verify-webhook.ts';
