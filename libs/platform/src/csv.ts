import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { preferredMediaType } from './accept.ts';
import { pageLimitDefault, pageLimitMax, pageOf, pageQuery } from './pagination.ts';
import { headerOf } from './route-edge.ts';

export type CsvCell = string | number | null;
/** A column: its name in the header line, and its cell of an entry. */
export type CsvColumn<Item> = readonly [name: string, cell: (item: Item) => CsvCell];

/** What a spreadsheet would take for a formula. */
const formula = /^[=+\-@\t\r]/;
const needsQuotes = /[",\r\n]/;

const cellText = (cell: CsvCell): string => {
  const text = cell === null ? '' : String(cell);
  const disarmed = formula.test(text) ? `'${text}` : text;
  return needsQuotes.test(disarmed) ? `"${disarmed.replaceAll('"', '""')}"` : disarmed;
};

/** One line (RFC 4180), with its end. A cell that a spreadsheet would run as a formula is disarmed with a leading `'`. */
export const csvLine = (cells: readonly CsvCell[]): string => `${cells.map(cellText).join(',')}\r\n`;

type PageRequest = { readonly limit: number; readonly after?: string };
type Page<Item> = { readonly items: readonly Item[]; readonly next: string | null };
type ReadPage<Item> = (page: PageRequest) => Promise<Page<Item>>;

/** For the `querystring` of a list that can be had as a table: without either member the table is the whole list. */
export const tableQuery = pageQuery.extend({
  limit: pageQuery.shape.limit
    .unwrap()
    .optional()
    .describe(`At most this many, 1 to ${pageLimitMax} (default ${pageLimitDefault}; as CSV: all)`),
});

/** Text, which a handler may stream. */
const csvText: z.ZodType<unknown> = z
  .string()
  .describe('RFC 4180, with a header line; cells that look like formulas begin with an apostrophe');

/** The `response` of such a list. */
export const tableOf = <Item extends z.ZodType>(item: Item) => ({
  description: 'A page; or, with `Accept: text/csv`, a table',
  content: {
    'application/json': { schema: pageOf(item) },
    'text/csv': { schema: csvText },
  },
});

async function* linesOf<Item>(columns: readonly CsvColumn<Item>[], first: Page<Item>, read?: ReadPage<Item>): AsyncGenerator<string> {
  yield csvLine(columns.map(([name]) => name));
  for (let page = first; ; ) {
    if (page.items.length > 0) yield page.items.map((item) => csvLine(columns.map(([, cell]) => cell(item)))).join('');
    if (page.next === null || read === undefined) return;
    page = await read({ limit: pageLimitMax, after: page.next });
  }
}

const nextPageOf = (request: FastifyRequest, next: string): string => {
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.set('after', next);
  return `<${url.pathname}${url.search}>; rel="next"`;
};

/**
 * Answers a list as a page of JSON or, to a client that would rather have `text/csv`, as a table: page by page, so that a long
 * one takes no memory. A table without `limit` and `after` is the whole list; with one of them it is that page, and `Link`
 * (RFC 8288) names the next. Declare the route with {@link tableQuery} and {@link tableOf}.
 */
export const answerTable = async <Item>(
  request: FastifyRequest,
  reply: FastifyReply,
  table: {
    /** Of the file, without its extension. */
    readonly name: string;
    readonly query: { readonly limit?: number | undefined; readonly after?: string | undefined };
    readonly columns: readonly CsvColumn<Item>[];
    readonly read: ReadPage<Item>;
  },
): Promise<FastifyReply> => {
  const { limit, after } = table.query;
  reply.header('vary', 'accept');
  const isTable = preferredMediaType(headerOf(request, 'accept'), ['application/json', 'text/csv']) === 'text/csv';
  const isWhole = isTable && limit === undefined && after === undefined;
  const page = await table.read({
    limit: limit ?? (isWhole ? pageLimitMax : pageLimitDefault),
    ...(after === undefined ? {} : { after }),
  });
  if (!isTable) return reply.send(page);
  if (!isWhole && page.next !== null) reply.header('link', nextPageOf(request, page.next));
  return reply
    .header('content-type', 'text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="${table.name}.csv"`)
    .send(Readable.from(linesOf(table.columns, page, isWhole ? table.read : undefined), { objectMode: false }));
};
