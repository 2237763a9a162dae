import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { auth } from './auth.ts';
import { answerTable, csvLine, tableOf, tableQuery } from './csv.ts';
import { exampleServer } from './example-server.fixture.ts';
import { cursorOf, entryAfter, numberedPage } from './list-cursor.ts';

describe('a line of CSV', () => {
  it.each([
    [['Ada', 'Lovelace', 3, null], 'Ada,Lovelace,3,'],
    [['a,b', 'say "yes"', 'two\r\nlines'], '"a,b","say ""yes""","two\r\nlines"'],
    [['', ' '], ', '],
  ])('quotes what needs quotes: %j', (cells, line) => expect(csvLine(cells)).toBe(`${line}\r\n`));

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('disarms %j', (cell) => {
    expect(csvLine([cell]).replaceAll('"', '')).toBe(`'${cell}\r\n`);
  });

  it('leaves alone what only has such a character inside', () => expect(csvLine(['a=b', '1-2'])).toBe('a=b,1-2\r\n'));
});

const names = Array.from({ length: 250 }, (_, n) => `name ${n}`);

describe('a list that can be had as a table', () => {
  const start = async () => {
    const reads: number[] = [];
    const { http } = await exampleServer((server) => {
      server.get(
        '/v1/names',
        { schema: { querystring: tableQuery, response: { 200: tableOf(z.object({ name: z.string() })) } }, config: { auth: auth.public } },
        (request, reply) =>
          answerTable(request, reply, {
            name: 'names',
            query: request.query,
            columns: [['name', ({ name }: { readonly name: string; readonly secret: string }) => name]],
            read: async ({ limit, after }) => {
              reads.push(limit);
              const from = entryAfter('names', after) + 1;
              const found = names.map((name, number) => ({ name, number, secret: 'x' })).slice(from, from + limit + 1);
              return numberedPage('names', limit, found, ({ number }) => number);
            },
          }),
      );
    });
    const get = (query: string, accept?: string) =>
      http.inject({ url: `/v1/names${query}`, headers: accept === undefined ? {} : { accept } });
    return { get, reads };
  };

  it('is a page of JSON for who does not ask for CSV, without what its schema does not name', async () => {
    const { get } = await start();
    const answer = await get('');
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', vary: 'accept' });
    expect(answer.json()).toEqual({ items: names.slice(0, 50).map((name) => ({ name })), next: cursorOf('names', 49) });
    expect((await get('?limit=1')).json<{ items: object[] }>().items).toHaveLength(1);
  });

  it('is the whole list as CSV, read page by page', async () => {
    const { get, reads } = await start();
    const answer = await get('', 'text/csv');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="names.csv"',
      vary: 'accept',
    });
    expect(answer.body).toBe(['name', ...names, ''].join('\r\n'));
    expect(reads).toEqual([100, 100, 100]);
  });

  it('is the page that was asked for as CSV, with a link to the next one', async () => {
    const { get } = await start();
    const first = await get('?limit=2', 'text/csv');
    expect(first.body).toBe('name\r\nname 0\r\nname 1\r\n');
    expect(first.headers.link).toBe(`</v1/names?limit=2&after=${cursorOf('names', 1)}>; rel="next"`);
    const last = await get(`?after=${cursorOf('names', 247)}`, 'text/csv');
    expect([last.body, last.headers.link]).toEqual(['name\r\nname 248\r\nname 249\r\n', undefined]);
    expect((await get(`?after=${cursorOf('names', 249)}`, 'text/csv')).body).toBe('name\r\n');
  });

  it('is refused before the first line when the cursor is none of this list, or the limit outside', async () => {
    const { get } = await start();
    for (const query of ['?after=x', `?after=${cursorOf('others', 1)}`, '?limit=0', '?limit=101', '?limit=x'])
      for (const accept of ['text/csv', 'application/json']) expect((await get(query, accept)).statusCode).toBe(400);
    expect((await get('?after=x')).json()).toMatchObject({ code: 'invalid-request', errors: [{ in: 'query', pointer: '#/after' }] });
  });
});
