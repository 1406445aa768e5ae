export * from './events/event-position.ts';
export * from './events/wire-event.ts';
export * from './identifiers.ts';
export * from './operations/agent-event.ts';
export * from './operations/agent-settings.ts';
export * from './operations/agent-state.ts';
export { OPERATIONS, type OperationName } from './operations/index.ts';
export {
  LATER_FAMILIES,
  LATER_OPERATIONS,
  type LaterOperation,
} from './operations/later-waves.ts';
export * from './operations/online-agent.ts';
export * from './operations/operation.ts';
export type { ParameterKeywords } from './operations/parameters.ts';
export * from './operations/password.ts';
export * from './operations/path-template.ts';
export * from './operations/sign-in.ts';
export * from './result-codes.ts';
