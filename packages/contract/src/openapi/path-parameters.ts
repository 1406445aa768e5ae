import { type PathSegment, parsePathTemplate } from '../operations/path-template.ts';
import { exampleNamed } from './example.ts';
import type { OpenApiParameter } from './open-api.ts';

const AGENT_NUMBER = '^[1-9][0-9]{2,5}$';

/** A path template as OpenAPI writes it: without patterns. */
export function openApiPath(template: string): string {
  return parsePathTemplate(template)
    .map((part) => (part.kind === 'literal' ? `/${part.text}` : `/{${part.name}}`))
    .join('');
}

/** The parameters of a path; the first one names the agent that calls or signs in. */
export function pathParameters(template: string): readonly OpenApiParameter[] {
  return parsePathTemplate(template)
    .filter((part) => part.kind === 'parameter')
    .map((part, index) => (index === 0 ? agentParameter(part) : otherParameter(part)));
}

type Parameter = Extract<PathSegment, { readonly kind: 'parameter' }>;

function agentParameter({ name }: Parameter): OpenApiParameter {
  return {
    name,
    in: 'path',
    required: true,
    description: 'The agent that calls, 101 to 59999 unless the installation allows more.',
    schema: { type: 'string', pattern: AGENT_NUMBER },
    example: '291',
  };
}

function otherParameter({ name, pattern }: Parameter): OpenApiParameter {
  return {
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', ...(pattern === undefined ? {} : { pattern: pattern.source }) },
    ...(name === 'flag' ? { example: 'true' } : exampleNamed(name)),
  };
}
