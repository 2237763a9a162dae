import type { ProblemKind } from './problem.ts';

/** What the page reads of an OpenAPI document; anything that is not there is left out. */
type Node = { readonly [member: string]: unknown };

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const nodeOf = (value: unknown): Node => (isNode(value) ? value : {});
const nodesOf = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const entities: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);

/** Escaped, with `code` in backticks. */
const prose = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');

const limitsOf = (schema: Node): string => {
  const limits = ['format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'default'];
  return limits
    .filter((name) => name !== 'pattern' || schema.format === undefined)
    .filter((name) => schema[name] !== undefined && Math.abs(Number(schema[name])) !== Number.MAX_SAFE_INTEGER)
    .map((name) => `${name} ${String(schema[name])}`)
    .join(', ');
};

/** A type in one word or a few: `string`, `integer | null`, `"a" | "b"`, `object[]`. */
export const typeOf = (schema: Node): string => {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const alternatives = [...nodesOf(schema.anyOf), ...nodesOf(schema.oneOf)];
  if (alternatives.length > 0) return alternatives.map(typeOf).join(' | ');
  if (schema.type === 'array') return `${typeOf(nodeOf(schema.items))}[]`;
  if (typeof schema.$ref === 'string') return schema.$ref.split('/').at(-1) ?? '';
  return Array.isArray(schema.type) ? schema.type.join(' | ') : textOf(schema.type) || 'any';
};

const innerOf = (schema: Node): Node => {
  if (schema.type === 'array') return innerOf(nodeOf(schema.items));
  return [...nodesOf(schema.anyOf), ...nodesOf(schema.oneOf)].map(innerOf).find((inner) => inner.properties !== undefined) ?? schema;
};

const fieldRows = (schema: Node, prefix = ''): string => {
  const inner = innerOf(schema);
  const required = Array.isArray(inner.required) ? inner.required : [];
  return Object.entries(nodeOf(inner.properties))
    .map(([name, value]) => {
      const field = nodeOf(value);
      const path = `${prefix}${name}`;
      const about = [textOf(field.description), limitsOf(field)].filter((part) => part !== '').join('; ');
      const row = [`<code>${escapeHtml(path)}</code>`, escapeHtml(typeOf(field)), required.includes(name) ? 'yes' : '', prose(about)];
      return `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>${fieldRows(field, `${path}.`)}`;
    })
    .join('');
};

const table = (head: readonly string[], rows: string): string =>
  rows === '' ? '' : `<table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows}</tbody></table>`;

const fieldTable = (schema: Node): string => table(['field', 'type', 'required', ''], fieldRows(schema));

const schemaSection = (title: string, content: Node): string =>
  Object.entries(content)
    .map(([mediaType, media]) => {
      const schema = nodeOf(nodeOf(media).schema);
      return `<h4>${title} <small>${escapeHtml(mediaType)} · ${escapeHtml(typeOf(schema))}</small></h4>${fieldTable(schema)}`;
    })
    .join('');

const parameterRows = (parameters: readonly Node[]): string =>
  parameters
    .map((parameter) => {
      const schema = nodeOf(parameter.schema);
      const about = [textOf(parameter.description), limitsOf(schema)].filter((part) => part !== '').join('; ');
      const cells = [`<code>${escapeHtml(textOf(parameter.name))}</code>`, escapeHtml(textOf(parameter.in)), escapeHtml(typeOf(schema))];
      return `<tr>${[...cells, parameter.required === true ? 'yes' : '', prose(about)].map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
    })
    .join('');

const isProblem = (response: Node): boolean => 'application/problem+json' in nodeOf(response.content);

const responseSections = (responses: Node): string => {
  const all = Object.entries(responses).map(([status, response]) => ({ status, response: nodeOf(response) }));
  const answers = all.filter(({ response }) => !isProblem(response));
  const refusals = all.filter(({ response }) => isProblem(response));
  const rows = refusals.map(
    ({ status, response }) => `<tr><td>${escapeHtml(status)}</td><td>${prose(textOf(response.description))}</td></tr>`,
  );
  const sections = answers.map(({ status, response }) => schemaSection(`Answer ${escapeHtml(status)}`, nodeOf(response.content)));
  return `${sections.join('')}<h4>Problems</h4>${table(['status', 'code'], rows.join(''))}`;
};

const securityText = (operation: Node): string => {
  const schemes = nodesOf(operation.security).flatMap((alternative) => Object.keys(alternative));
  return schemes.length === 0 ? 'no token' : `needs: ${schemes.join(', ')}`;
};

const operationSection = (method: string, path: string, operation: Node): string => {
  const heading = `<h3><b class="${escapeHtml(method)}">${escapeHtml(method.toUpperCase())}</b> <code>${escapeHtml(path)}</code></h3>`;
  const about = [operation.summary, operation.description].map(textOf).filter((part) => part !== '');
  const parameters = parameterRows(nodesOf(operation.parameters));
  return `<section>${heading}<p>${about.map(prose).join('<br>')} <em>${escapeHtml(securityText(operation))}</em></p>${
    parameters === '' ? '' : `<h4>Parameters</h4>${table(['name', 'in', 'type', 'required', ''], parameters)}`
  }${schemaSection('Body', nodeOf(nodeOf(operation.requestBody).content))}${responseSections(nodeOf(operation.responses))}</section>`;
};

const problemRows = (kinds: readonly ProblemKind[]): string =>
  kinds
    .toSorted((a, b) => a.status - b.status || (a.code < b.code ? -1 : 1))
    .map(
      ({ code, status, title }) =>
        `<tr id="problem-${escapeHtml(code)}"><td>${status}</td><td><code>${escapeHtml(code)}</code></td><td>${escapeHtml(title)}</td></tr>`,
    )
    .join('');

/** A readable page from an OpenAPI document: no script, one stylesheet of our own, so the strictest policy holds. */
export const docsPage = (document: object, kinds: readonly ProblemKind[]): string => {
  const { info, paths }: Node = { ...document };
  const { title, description } = nodeOf(info);
  const sections = Object.entries(nodeOf(paths)).flatMap(([path, operations]) =>
    Object.entries(nodeOf(operations)).map(([method, operation]) => operationSection(method, path, nodeOf(operation))),
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(textOf(title))}</title><link rel="stylesheet" href="/docs/style.css"></head>
<body><header><h1>${escapeHtml(textOf(title))}</h1><p>${prose(textOf(description))} As a document: <a href="/openapi.json">OpenAPI 3.1</a>.</p></header>
<main>${sections.join('\n')}
<section><h2>Problems</h2><p>Errors are <code>application/problem+json</code> (RFC 9457). <code>code</code> is stable.</p>${table(['status', 'code', 'title'], problemRows(kinds))}</section>
</main></body></html>
`;
};

export const docsStyle = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:64rem;margin:2rem auto;padding:0 1rem}
section{border-top:1px solid #8886;padding:.5rem 0 1rem}
h3{margin:.5rem 0;font-weight:400}h4{margin:1rem 0 .25rem}small,em{opacity:.75;font-weight:400}
code{font:.9em ui-monospace,monospace}
b{display:inline-block;min-width:4.5rem}.get{color:#2a7}.post{color:#37c}.put{color:#b70}.delete{color:#c33}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.2rem .75rem .2rem 0;border-bottom:1px solid #8883}
:target{background:#fc03}
`;
