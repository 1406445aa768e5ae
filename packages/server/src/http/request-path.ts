/** Where browsers load their client of the gateway API. */
export const RESOURCE_JS_PATH = '/agentgateway/resource-js';

/** The parts of a path, decoded where they can be; of an absolute address too. */
export function pathSegments(url: string): string[] {
  const path = url.replace(/^https?:\/\/[^/]*/i, '').split('?', 1)[0] ?? '';
  return path.split('/').flatMap((segment) => (segment === '' ? [] : [decoded(segment)]));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
