import type { ClientBase, QueryConfig, QueryResult } from 'pg';

/** A statement that each connection prepares once, under its name. */
export type Statement = (values: readonly unknown[]) => QueryConfig<unknown[]>;

/** Names must be unique within the program: a connection refuses a second text under the same name. */
export function statement(name: string, text: string): Statement {
  return (values) => ({ name, text, values: [...values] });
}

/**
 * Sends statements without waiting for answers in between: one round trip for all.
 * Gives the answers in order; throws the first failure, once every statement is answered.
 */
export async function inOneTrip(
  client: ClientBase,
  statements: readonly (QueryConfig<unknown[]> | string)[],
): Promise<readonly QueryResult[]> {
  const answers = await answersOf(client, statements);
  const failure = answers.find((answer) => answer.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

/** As {@link inOneTrip}, with the fate of each statement told apart. */
export function answersOf(
  client: ClientBase,
  statements: readonly (QueryConfig<unknown[]> | string)[],
): Promise<PromiseSettledResult<QueryResult>[]> {
  return Promise.allSettled(statements.map((each) => client.query<Record<string, unknown>>(each)));
}
