import { posix } from 'node:path';
import { isSyntaxNode, nodesOf, parseTypeScript, type SyntaxNode } from './syntax-tree.ts';

export interface ModuleImport {
  /** A path from the root of the repository, or a package's specifier as written. */
  readonly target: string;
  readonly isTypeOnly: boolean;
}

const IMPORTING_NODES = [
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
];

/** Everything one TypeScript file imports or exports from elsewhere, dynamic imports and `import('…')` types included. */
export function findImports(path: string, source: string): ModuleImport[] {
  return [...nodesOf(parseTypeScript(source, path))]
    .filter(({ type }) => IMPORTING_NODES.includes(type))
    .flatMap((node) => {
      if (!isSyntaxNode(node.source)) return [];
      const specifier = String(node.source.value);
      const isRelative = specifier.startsWith('.');
      const target = isRelative ? posix.join(posix.dirname(path), specifier) : specifier;
      return [{ target, isTypeOnly: importsOnlyTypes(node) }];
    });
}

function importsOnlyTypes(node: SyntaxNode): boolean {
  if (node.type === 'TSImportType') return true;
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers: readonly unknown[] = Array.isArray(node.specifiers) ? node.specifiers : [];
  return specifiers.length > 0 && specifiers.every(isTypeSpecifier);
}

function isTypeSpecifier(specifier: unknown): boolean {
  return isSyntaxNode(specifier) && (specifier.importKind === 'type' || specifier.exportKind === 'type');
}
