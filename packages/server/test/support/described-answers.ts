import {
  ADMINISTRATION_CALLS,
  ADMINISTRATION_PATH,
  BASE_PATH,
  describeAdministrationApi,
  describeGatewayApi,
  LATER_OPERATIONS,
  OPERATIONS,
} from '@rollcall/contract';
import { DescribedApi, type Exchange, NotDescribed } from './described-api.ts';

const VERSION = '0.1.0';

const GATEWAY = new DescribedApi({
  document: describeGatewayApi(VERSION),
  basePath: BASE_PATH,
  operations: [...Object.values(OPERATIONS), ...LATER_OPERATIONS],
  isDone: ({ text }) => JSON.parse(text).retcode === '0',
});

const ADMINISTRATION = new DescribedApi({
  document: describeAdministrationApi(VERSION),
  basePath: ADMINISTRATION_PATH,
  operations: ADMINISTRATION_CALLS,
  isDone: ({ status }) => status === 200,
});
/** What tells the documents themselves stands in neither (OA-6, OA-7). */
const DESCRIPTIONS = ['openapi', 'docs'];
const METHODS = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'];
const NOBODY_ANSWERS = 404;

/**
 * Compares an exchange with the documents; throws {@link NotDescribed} where they differ. A stream of events has no end to
 * wait for and is not compared.
 */
export function checkDescribed(exchange: Exchange): void {
  if (isStream(exchange) || GATEWAY.check(exchange) || ADMINISTRATION.check(exchange)) return;
  const { method, path, status } = exchange;
  const [first] = ADMINISTRATION.segmentsOf(path) ?? DESCRIPTIONS;
  if (status === NOBODY_ANSWERS || !METHODS.includes(method) || DESCRIPTIONS.includes(first ?? '')) return;
  throw new NotDescribed(`${method} ${path} answers ${status} and is not in the document`);
}

function isStream({ rawHeaders }: Exchange): boolean {
  return rawHeaders.some(
    (value, index) =>
      index % 2 === 1 &&
      /^text\/event-stream\b/.test(value) &&
      /^content-type$/i.test(rawHeaders[index - 1] ?? ''),
  );
}
