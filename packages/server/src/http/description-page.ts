import {
  type JsonSchema,
  type OpenApiDocument,
  type OpenApiMedia,
  type OpenApiOperation,
  type OpenApiParameter,
  type OpenApiResponse,
  RESULT_CODES,
} from '@rollcall/contract';

export const DESCRIPTION_STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/24px system-ui, sans-serif; max-width: 60rem; margin: 48px auto; padding: 0 16px; }
code, pre { font: 14px/20px ui-monospace, monospace; }
pre { overflow-x: auto; padding: 8px 12px; border: 1px solid #8888; border-radius: 4px; }
table { border-collapse: collapse; margin: 12px 0; }
th, td { text-align: left; vertical-align: top; padding: 4px 16px 4px 0; border-bottom: 1px solid #8884; }
h3 { margin-top: 48px; }
.answer { opacity: 0.7; }
`;

/** How a release answers what it does not do, in words. */
const ANSWERS: Readonly<Record<NonNullable<OpenApiOperation['x-answer']>, string>> = {
  done: '',
  noCalls: 'asks about calls; there are none',
  noCall: 'refused; there is no call',
  notOffered: 'not offered',
};

/** One operation with its place. */
interface Placed {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenApiOperation;
}

/** The documents as one page for people, without script and without anything from elsewhere (rule OA-7). */
export function descriptionPage(documents: readonly OpenApiDocument[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rollcall: the API</title>
<style>${DESCRIPTION_STYLE}</style>
</head>
<body>
<h1>Rollcall: the API</h1>
<p>For machines: <a href="/api/v1/openapi/gateway.json">gateway API</a>,
<a href="/api/v1/openapi/admin.json">administration API</a> (OpenAPI 3.1).</p>
${documents.map(apiPart).join('\n')}
</body>
</html>
`;
}

function apiPart(document: OpenApiDocument): string {
  const { info, tags } = document;
  const families = tags.map((tag) => ({ ...tag, operations: operationsOf(document, tag.name) }));
  return `<h1>${escapeHtml(info.title)}</h1>
${info.description.split('\n\n').map(paragraph).join('\n')}
${families.map(({ name, description, operations }) => contentsPart(`${name}: ${description}`, operations)).join('\n')}
${families.flatMap(({ operations }) => operations.map((placed) => operationPart(placed, document))).join('\n')}`;
}

function operationsOf({ paths, servers }: OpenApiDocument, tag: string): readonly Placed[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => operation.tags[0] === tag)
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: `${servers[0]?.url ?? ''}${path}`,
        operation,
      })),
  );
}

function contentsPart(title: string, operations: readonly Placed[]): string {
  const rows = operations.map(({ method, path, operation }) => [
    `<a href="#${operation.operationId}">${operation.operationId}</a>`,
    code(`${method} ${path}`),
    escapeHtml(ANSWERS[operation['x-answer'] ?? 'done']),
  ]);
  return `<h2>${escapeHtml(title)}</h2>
${table(['operation', 'method and path', ''], rows)}`;
}

function operationPart(placed: Placed, document: OpenApiDocument): string {
  const { method, path, operation } = placed;
  const parameters = operation.parameters.map((each) => resolved(each, document.components.parameters));
  const body = operation.requestBody?.content['application/json'];
  const answers = Object.entries(operation.responses).map(
    ([status, each]) => [status, resolved(each, document.components.responses)] as const,
  );
  return `<h3 id="${operation.operationId}">${operation.operationId}</h3>
<p>${code(`${method} ${path}`)}</p>
${paragraph(`${operation.summary}. ${operation.description}`)}
${parameterTable(parameters, body)}
${codeTable(answers)}
<pre>${escapeHtml(exampleText(placed, parameters, body))}</pre>
<pre class="answer">${answers
    .slice(0, 1)
    .map(([, answer]) => escapeHtml(answerText(answer)))
    .join('')}</pre>`;
}

/** What a reference leads to; parameters and answers are the only ones on the page that have any. */
function resolved<Part extends object>(
  part: Part | { readonly $ref: string },
  named: Readonly<Record<string, Part>> = {},
): Part {
  if (!('$ref' in part)) return part;
  const found = named[part.$ref.split('/').at(-1) ?? ''];
  if (found === undefined) throw new TypeError(`this cannot happen: ${part.$ref} leads nowhere`);
  return found;
}

function parameterTable(parameters: readonly OpenApiParameter[], body: OpenApiMedia | undefined): string {
  const inBody = Object.entries(body?.schema.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'body',
    required: body?.schema.required?.includes(name) === true,
    description: schema.description,
    schema,
  }));
  const rows = [...parameters, ...inBody].map(({ name, in: place, required, description, schema }) => [
    code(name),
    place,
    required ? 'must be there' : defaultWords(schema),
    escapeHtml([typeWords(schema), description].filter((text) => text !== undefined).join('. ')),
  ]);
  return rows.length === 0 ? '' : table(['parameter', 'in', '', 'values'], rows);
}

function defaultWords({ default: value }: JsonSchema): string {
  return value === undefined ? '' : `default ${code(JSON.stringify(value))}`;
}

/** The usual forms; that old clients may write others is said once, at the top. */
function typeWords({ type, enum: values, maxLength, minimum, maximum, maxItems }: JsonSchema): string {
  const types = [type ?? []].flat();
  if (values !== undefined)
    return values.filter((value) => typeof value === 'number').join(', ') || values.join(', ');
  if (types.includes('boolean')) return 'true or false';
  if (types[0] === 'array') return `a list of at most ${maxItems}`;
  if (types[0] === 'integer') return `a whole number from ${minimum} to ${maximum}`;
  return maxLength === undefined ? 'text' : `text of at most ${maxLength} characters`;
}

function codeTable(answers: readonly (readonly [status: string, OpenApiResponse])[]): string {
  const rows = answers.flatMap(([status, answer]) => {
    const codes = codesIn(answer.content['application/json']?.schema ?? {});
    if (codes.length === 0) return [[status, '', escapeHtml(answer.description)]];
    return codes.map((each) => [
      status,
      code(each),
      escapeHtml(RESULT_CODES[each].message || 'done'),
      escapeHtml(RESULT_CODES[each].remedy),
    ]);
  });
  return table(['HTTP', 'retcode', 'meaning', 'what to do'], rows);
}

function codesIn(schema: JsonSchema): readonly (keyof typeof RESULT_CODES)[] {
  return (schema.oneOf ?? [schema])
    .flatMap(({ properties }) => properties?.retcode?.enum ?? [properties?.retcode?.const])
    .filter((each): each is keyof typeof RESULT_CODES => Object.hasOwn(RESULT_CODES, String(each)));
}

function exampleText(
  { method, path, operation }: Placed,
  parameters: readonly OpenApiParameter[],
  body: OpenApiMedia | undefined,
): string {
  const shownPath = parameters
    .filter((each) => each.in === 'path')
    .reduce((text, { name, example }) => text.replace(`{${name}}`, String(example ?? name)), path);
  const query = parameters.filter((each) => each.in === 'query' && each.example !== undefined);
  const queryText = query
    .map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`)
    .join('&');
  const header = operation.security[0];
  const token =
    header === undefined ? [] : ['guid' in header ? 'Guid: <token>' : 'Authorization: Bearer <token>'];
  const sent = Object.values(body?.examples ?? {})
    .slice(0, 1)
    .map(({ value }) => JSON.stringify(value));
  return [`${method} ${shownPath}${queryText === '' ? '' : `?${queryText}`}`, ...token, ...sent].join('\n');
}

function answerText({ content }: OpenApiResponse): string {
  const examples = Object.values(content).flatMap((media) => Object.values(media.examples ?? {}));
  return examples.map(({ value }) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: 'th' | 'td', texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${text}</${tag}>`).join('')}</tr>`;
  return `<table>
${[cells('th', heads), ...rows.map((row) => cells('td', row))].join('\n')}
</table>`;
}

/** Text in which backticks mark code. */
function paragraph(text: string): string {
  return `<p>${escapeHtml(text).replace(/`([^`]*)`/g, '<code>$1</code>')}</p>`;
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
