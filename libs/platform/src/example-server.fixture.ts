import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { Instant } from '@conference/kernel';
import type { Clock } from '@conference/ports';
import type { HttpServer } from './fastify-types.ts';
import { createHttpServer, type HttpServerOptions } from './http-server.ts';
import { instantOf, millisecondsOf } from './instant.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { tokens } from './tokens.ts';
import { uuidOfHex } from './uuid-text.ts';

export const noon = '2027-05-02T12:00:00.000Z' as Instant;
export const operatorToken = 'the-operator';
export const someId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export type ManualClock = Clock & { readonly advance: (milliseconds: number) => void };
export const manualClock = (start: Instant = noon): ManualClock => {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds) => {
      now = instantOf(millisecondsOf(now) + milliseconds);
    },
  };
};

/** Lines that were logged, parsed. */
export const logLines = () => {
  const stream = new PassThrough();
  const chunks: string[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(String(chunk)));
  return {
    stream,
    text: () => chunks.join(''),
    lines: (): readonly { readonly [member: string]: unknown }[] =>
      chunks
        .join('')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
  };
};

/** A server with everything around it manual; `routes` adds what a spec needs, before the server is ready. */
export const exampleServer = async (
  routes: (http: HttpServer) => void = () => {},
  overrides: Partial<Omit<HttpServerOptions, 'clock'>> & { readonly clock?: ManualClock } = {},
) => {
  const clock = overrides.clock ?? manualClock();
  const log = logLines();
  let made = 0;
  const issuer = tokens({ secret: 'a secret of the tests', clock });
  const http = await createHttpServer({
    service: 'registration',
    logger: createLogger({ service: 'registration', level: 'debug' }, log.stream),
    clock,
    ids: {
      next: () => {
        made += 1;
        return someId(made);
      },
    },
    tokens: issuer,
    operatorToken,
    uuidv5: (name) => uuidOfHex(createHash('sha1').update(name).digest('hex').slice(0, 32)),
    health: { eventStore: async () => true, caughtUpOnce: () => true, degraded: () => [] },
    metrics: createMetrics({ service: 'registration', withProcess: false }),
    ...overrides,
  });
  routes(http);
  await http.ready();
  const tokenOf = (kind: 'organiser' | 'registrant', sub: string): string =>
    `Bearer ${issuer.sign({ kind, sub, expiresAt: instantOf(millisecondsOf(clock.now()) + 3_600_000) })}`;
  return { http, clock, log, tokenOf };
};
