import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { auth } from './auth.ts';
import { docsPage, docsStyle } from './docs-page.ts';
import { documentedRoute, problemSchema, securitySchemes } from './openapi.ts';
import type { ProblemKind } from './problem.ts';

export type DocumentationOptions = {
  readonly service: string;
  readonly description: string | undefined;
  readonly problems: { readonly [code: string]: ProblemKind };
};

const open = { schema: { hide: true }, config: { auth: auth.public } } as const;

/** `/openapi.json` and the page made from it. Every route that does not say `schema.hide` is in it. */
export const addDocumentation = async (app: FastifyInstance, options: DocumentationOptions): Promise<void> => {
  const { service, description = `The HTTP API of ${service}.`, problems } = options;
  // Apart from the call: the types of OpenAPI know no extensions.
  const openapi = {
    openapi: '3.1.0',
    info: { title: service, version: '1', description },
    components: { securitySchemes, schemas: { Problem: problemSchema } },
    'x-problems': Object.values(problems),
  };
  await app.register(swagger, { openapi, transform: documentedRoute });
  app.get('/openapi.json', open, async () => app.swagger());
  app.get('/docs', open, async (_request, reply) => {
    reply.header('content-type', 'text/html; charset=utf-8');
    return docsPage(app.swagger(), Object.values(problems));
  });
  app.get('/docs/style.css', open, async (_request, reply) => {
    reply.header('content-type', 'text/css; charset=utf-8').header('cache-control', 'max-age=3600');
    return docsStyle;
  });
};
