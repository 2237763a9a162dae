import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { auth } from './auth.ts';
import { exampleServer } from './example-server.fixture.ts';
import { problemCatalog } from './problem.ts';
import { problemTable, undocumentedProblems } from './problem-table.ts';

const { kinds } = problemCatalog({
  'sold-out': { status: 409, title: 'No seats are left' },
  'not-due': { status: 409, title: 'It is too early' },
});

describe('the table of problems', () => {
  const server = () =>
    exampleServer(
      (server) => {
        server.post(
          '/v1/orders',
          { schema: { body: z.strictObject({}) }, config: { auth: auth.public, problems: [kinds['sold-out']] } },
          async () => ({}),
        );
        server.get(
          '/v1/orders/:id',
          { schema: { params: z.object({ id: z.uuid() }) }, config: { auth: auth.registrant('id') } },
          async () => ({}),
        );
      },
      { problems: kinds },
    );
  const table = async () => {
    const { http } = await server();
    const rows = problemTable((await http.inject('/openapi.json')).json());
    return (code: string) => rows.find((row) => row.code === code);
  };

  it('says of every code what it means and which routes answer it', async () => {
    const row = await table();
    expect(row('sold-out')).toEqual({ code: 'sold-out', status: 409, title: 'No seats are left', routes: ['POST /v1/orders'] });
    expect(row('read-model-behind')).toMatchObject({ status: 503, routes: ['GET /v1/orders/{id}'] });
  });

  it('lists a refusal that no route can answer, and one that every request may meet', async () => {
    const row = await table();
    expect(row('not-due')?.routes).toEqual([]);
    for (const code of ['temporarily-unavailable', 'method-not-allowed', 'internal-error']) expect(row(code)?.routes).toBe('everywhere');
  });

  it('tells which answered problems no route announces', async () => {
    const { http } = await server();
    const answered = [
      { method: 'POST', url: '/v1/orders', code: 'sold-out' },
      { method: 'POST', url: '/v1/orders', code: 'not-due' },
      { method: 'POST', url: '/v1/orders', code: 'not-due' },
      { method: 'HEAD', url: '/v1/orders/:id', code: 'unauthenticated' },
      { method: 'GET', url: '/v1/orders/:id', code: 'sold-out' },
      { method: 'GET', url: '/docs', code: 'sold-out' },
    ];
    expect(undocumentedProblems(http.swagger(), answered)).toEqual(['GET /v1/orders/{id} sold-out', 'POST /v1/orders not-due']);
  });

  it('is made of documents of ours only', () => {
    expect(() => problemTable({ openapi: '3.1.0', paths: {} })).toThrow();
  });
});
