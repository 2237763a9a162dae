import { expect, it } from 'vitest';
import * as z from 'zod';
import { auth } from './auth.ts';
import { exampleServer } from './example-server.fixture.ts';
import { unlimitedFields } from './field-limits.ts';

it('Fields without a limit are found in bodies, queries and paths, and those with one are not', async () => {
  const { http } = await exampleServer((server) => {
    server.post(
      '/v1/things/:id/:name',
      {
        schema: {
          params: z.object({ id: z.uuid(), name: z.string() }),
          querystring: z.strictObject({ page: z.coerce.number().int().min(1).max(9), filter: z.string().optional() }),
          body: z.strictObject({
            id: z.uuid(),
            day: z.iso.date(),
            code: z.string().regex(/^[A-Z]{1,9}$/),
            kind: z.enum(['a', 'b']),
            note: z.string().max(9).nullable(),
            isOpen: z.boolean(),
            count: z.int().min(0).max(9),
            list: z.array(z.string().max(9)).max(9),
            text: z.string(),
            pattern: z.string().regex(/^[A-Z]+$/),
            amount: z.int(),
            above: z.int().min(0),
            endless: z.array(z.strictObject({ name: z.string() })),
            open: z.object({ a: z.boolean() }).loose(),
            either: z.union([z.string(), z.boolean()]),
          }),
        },
        config: { auth: auth.public },
      },
      async () => ({}),
    );
  });
  const route = 'POST /v1/things/{id}/{name}';
  expect(unlimitedFields((await http.inject('/openapi.json')).json()).toSorted()).toEqual(
    [
      `${route} path name`,
      `${route} query filter`,
      `${route} #/text`,
      `${route} #/pattern`,
      `${route} #/amount`,
      `${route} #/above`,
      `${route} #/endless`,
      `${route} #/endless/0/name`,
      `${route} #/open`,
      `${route} #/either`,
    ].toSorted(),
  );
});
