import { parseAst } from 'vitest/node';

/** A node of a file's ESTree; which fields it has follows from its type, and nothing here relies on that. */
export interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

export function parseTypeScript(source: string, fileName: string): SyntaxNode {
  const program: unknown = parseAst(source, { lang: 'ts' }, fileName);
  if (!isSyntaxNode(program)) throw new Error(`${fileName} has no syntax tree`);
  return program;
}

export function* nodesOf(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of Object.values(node)) {
    for (const item of Array.isArray(child) ? child : [child]) {
      if (isSyntaxNode(item)) yield* nodesOf(item);
    }
  }
}

export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
