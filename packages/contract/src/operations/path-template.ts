/** One segment of a path template: fixed text, or a parameter with the pattern it must match whole. */
export type PathSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly pattern: RegExp | undefined };

const PARAMETER = /^\{([A-Za-z]+)(?::(.+))?\}$/;

/** Reads a template such as `/onlineagent/{agentid}/rest/{time:[1-9]+}` into its segments. */
export function parsePathTemplate(template: string): readonly PathSegment[] {
  return template.split('/').slice(1).map(parseSegment);
}

function parseSegment(text: string): PathSegment {
  const match = PARAMETER.exec(text);
  if (match?.[1] === undefined) return { kind: 'literal', text };
  const pattern = match[2] === undefined ? undefined : new RegExp(`^(?:${match[2]})$`);
  return { kind: 'parameter', name: match[1], pattern };
}

/** True when `segments`, the parts of a request path, have the shape of the template; patterns are not looked at. */
export function hasShapeOf(segments: readonly string[], template: readonly PathSegment[]): boolean {
  if (segments.length !== template.length) return false;
  return template.every((part, index) => part.kind === 'parameter' || part.text === segments[index]);
}
