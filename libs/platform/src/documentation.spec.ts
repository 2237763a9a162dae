import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { auth } from './auth.ts';
import { docsPage, escapeHtml, typeOf } from './docs-page.ts';
import { exampleServer } from './example-server.fixture.ts';
import { problemCatalog, problemCodes } from './problem.ts';

const { kinds } = problemCatalog({ 'sold-out': { status: 409, title: 'No seats <left>' } });

type Operation = {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
  readonly responses: {
    readonly [status: string]: { readonly description: string; readonly content: { readonly [type: string]: { readonly schema: object } } };
  };
};
type Document = { readonly openapi: string; readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } } };

const start = async () => {
  const registered: string[] = [];
  const { http } = await exampleServer(
    (server) => {
      server.addHook('onRoute', ({ method, url }) => void registered.push(`${[method].flat().join()} ${url}`));
      const answer = z.object({ id: z.uuid(), at: z.string().nullable() });
      server.post(
        '/v1/orders',
        {
          schema: {
            summary: 'Place an order',
            body: z.strictObject({ seats: z.int().min(1), note: z.string().max(9).optional() }),
            response: { 201: answer },
          },
          config: { auth: auth.public, idempotency: 'required', problems: [kinds['sold-out']] },
        },
        async () => ({ id: '', at: null }),
      );
      server.get(
        '/v1/orders/:id',
        {
          schema: {
            params: z.object({ id: z.uuid() }),
            querystring: z.strictObject({ at: z.string().optional() }),
            response: { 200: answer },
          },
          config: { auth: auth.registrant('id') },
        },
        async () => ({ id: '', at: null }),
      );
      server.put('/v1/conferences/:id/details', { config: { auth: auth.organiser('id'), ifMatch: 'required' } }, async () => ({}));
      server.post(
        '/v1/call-backs',
        { config: { auth: auth.signed('them', () => true), idempotency: 'none', ifMatch: 'none' } },
        async () => ({}),
      );
      server.get('/ops/projections', { config: { auth: auth.operator } }, async () => ({}));
    },
    { problems: kinds },
  );
  const document: Document = (await http.inject('/openapi.json')).json();
  const operation = (method: string, path: string): Operation => {
    const found = document.paths[path]?.[method];
    if (found === undefined) throw new Error(`no ${method} ${path}`);
    return found;
  };
  return { http, document, operation, registered };
};

const names = (operation: Operation): readonly string[] =>
  (operation.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name}${parameter.required === true ? '!' : ''}`).sort();

describe('the OpenAPI document', () => {
  it('lists exactly the routes that are registered', async () => {
    const { document, registered } = await start();
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const expected = registered.filter((route) => !route.startsWith('HEAD ')).map((route) => route.replaceAll(/:(\w+)/g, '{$1}'));
    expect(expected).toHaveLength(5);
    expect(documented.sort()).toEqual(expected.sort());
    expect(document.openapi).toBe('3.1.0');
  });

  it('says what a body and an answer look like, and that no other field is taken', async () => {
    const { operation } = await start();
    const { summary, requestBody, responses } = operation('post', '/v1/orders');
    expect(summary).toBe('Place an order');
    expect(requestBody?.content['application/json'].schema).toMatchObject({
      type: 'object',
      properties: { seats: { type: 'integer', minimum: 1 }, note: { type: 'string', maxLength: 9 } },
      required: ['seats'],
      additionalProperties: false,
    });
    expect(responses['201']?.content['application/json']?.schema).toMatchObject({ properties: { at: { type: ['string', 'null'] } } });
  });

  it('says who may call', async () => {
    const { operation } = await start();
    expect(operation('post', '/v1/orders').security).toEqual([]);
    expect(operation('get', '/v1/orders/{id}').security).toEqual([{ registrant: [] }]);
    expect(operation('put', '/v1/conferences/{id}/details').security).toEqual([{ organiser: [] }]);
    expect(operation('post', '/v1/call-backs').security).toEqual([{ signature: [] }]);
    expect(operation('get', '/ops/projections').security).toEqual([{ operator: [] }]);
  });

  it('names the parameters and headers of each route', async () => {
    const { operation } = await start();
    expect(names(operation('post', '/v1/orders'))).toEqual(['header Idempotency-Key!', 'header If-Match']);
    expect(names(operation('get', '/v1/orders/{id}'))).toEqual(['header Consistency-Token', 'header Prefer', 'path id!', 'query at']);
    expect(names(operation('put', '/v1/conferences/{id}/details'))).toEqual(['header Idempotency-Key', 'header If-Match!', 'path id!']);
    expect(names(operation('post', '/v1/call-backs'))).toEqual([]);
  });

  it('names the problems that a route may answer with: its own and those that its declarations imply', async () => {
    const { operation } = await start();
    const codes = ({ responses }: Operation, status: string): string => responses[status]?.description ?? '';
    const place = operation('post', '/v1/orders');
    expect(codes(place, '409')).toBe('`idempotency-key-in-progress`, `sold-out`');
    expect(codes(place, '400')).toContain('`idempotency-key-required`');
    expect(place.responses['401']).toBeUndefined();
    expect(place.responses['409']?.content['application/problem+json']?.schema).toEqual({ $ref: '#/components/schemas/Problem' });
    const read = operation('get', '/v1/orders/{id}');
    expect([codes(read, '401'), codes(read, '404')]).toEqual(['`unauthenticated`', '`not-found`']);
    expect(codes(read, '503')).toContain('`read-model-behind`');
    expect(codes(operation('put', '/v1/conferences/{id}/details'), '428')).toBe('`if-match-required`');
  });
});

describe('the docs page', () => {
  it('shows every route and every problem of the service, without any script', async () => {
    const { http, document } = await start();
    const page = await http.inject('/docs');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    for (const path of Object.keys(document.paths)) expect(page.body).toContain(`<code>${path}</code>`);
    for (const code of [...Object.keys(problemCodes), 'sold-out']) expect(page.body).toContain(`id="problem-${code}"`);
    expect(page.body).toContain('No seats &lt;left&gt;');
    expect(page.body).not.toMatch(/<script|<style|style=|javascript:/);
    const style = await http.inject('/docs/style.css');
    expect([style.statusCode, style.headers['content-type']]).toEqual([200, 'text/css; charset=utf-8']);
  });

  it('escapes what it is made of', () => {
    const page = docsPage({ info: { title: '<b>"x"</b>' }, paths: { '/<i>': { get: { summary: "<a href='x'>" } } } }, []);
    expect(page).not.toMatch(/<b>|<i>|<a href='/);
    expect(page).toContain(escapeHtml("<a href='x'>"));
  });

  it.each([
    [{ type: 'string' }, 'string'],
    [{ const: 'a' }, '"a"'],
    [{ enum: ['a', 1] }, '"a" | 1'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{ type: 'array', items: { type: 'object' } }, 'object[]'],
    [{ $ref: '#/components/schemas/Order' }, 'Order'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{}, 'any'],
  ])('calls %j %s', (schema, name) => {
    expect(typeOf(schema)).toBe(name);
  });
});
