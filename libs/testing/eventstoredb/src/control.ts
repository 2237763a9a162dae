import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { EventStoreDouble, EventStoreDoubleState } from './double.ts';
import type { Fault } from './faults.ts';

const howOften = { every: z.int().positive().default(1), times: z.int().positive().default(1) };
const milliseconds = z.int().min(0).max(600_000);

const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('acknowledgement-lost'), how: z.enum(['cut', 'silence']).default('cut'), ...howOften }),
  z.strictObject({ kind: z.literal('commit-timeout'), ...howOften }),
  z.strictObject({ kind: z.literal('lost'), ...howOften }),
  z.strictObject({ kind: z.literal('not-leader'), ...howOften }),
  z.strictObject({ kind: z.literal('position-unknown'), ...howOften }),
  z.strictObject({ kind: z.literal('half-closed') }),
  z.strictObject({ kind: z.literal('subscriptions-fail') }),
  z.strictObject({ kind: z.literal('slow-consumer'), how: z.enum(['dropped', 'fall-behind']).default('dropped') }),
  z.strictObject({ kind: z.literal('black-hole'), milliseconds }),
  z.strictObject({ kind: z.literal('restart'), downMs: milliseconds.default(0) }),
  z.strictObject({ kind: z.literal('access-denied'), milliseconds }),
]) satisfies z.ZodType<Fault>;

/** A fault as it is asked for over the control channel: what has a default may be left out. */
export type FaultRequest = z.input<typeof faultSchema>;

export const stateSchema = z.strictObject({
  events: z.int(),
  appends: z.int(),
  reads: z.int(),
  subscriptions: z.int(),
  faults: z.record(z.string(), z.int()),
  tornBytes: z.int(),
}) satisfies z.ZodType<EventStoreDoubleState>;

/**
 * How a test in another process makes faults happen, on a port of its own: `POST /faults` with a {@link FaultRequest} is answered when
 * it has happened or begun, `GET /state` with what the double has counted. On loopback alone, and for nobody but tests.
 */
export const startControl = async (double: EventStoreDouble, port: number): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const server = createServer((request, response) => {
    handle(double, request).then(
      ({ status, body }) => answer(response, status, body),
      (error: unknown) => answer(response, 500, { error: String(error) }),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closed(server) };
};

const handle = async (double: EventStoreDouble, request: IncomingMessage) => {
  if (request.method === 'GET' && request.url === '/state') return { status: 200, body: double.state() };
  if (request.method !== 'POST' || request.url !== '/faults') return { status: 404, body: { error: 'POST /faults or GET /state' } };
  const fault = faultSchema.safeParse(jsonOf(await text(request)));
  if (!fault.success) return { status: 400, body: { error: z.prettifyError(fault.error) } };
  await double.inject(fault.data);
  return { status: 200, body: {} };
};

const jsonOf = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const closed = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
};
