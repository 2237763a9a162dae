/** Callers of all kinds, and what they try: tokens of others, spoilt ones, none. */
import { randomUUID } from 'node:crypto';
import type { Instant } from '@conference/kernel';
import { type TokenKind, tokens } from '@conference/platform';
import { decidePayment, eventually, placeOrder, type ServiceName, startPayment } from '@conference/tools';
import type { Belongings, Who } from './authorisation-matrix.fixture.ts';
import type { StartedSystem } from './system.fixture.ts';
import { person } from './talks.fixture.ts';

export const secrets = {
  TOKEN_SECRET: 'known-to-this-test-and-to-nobody-else',
  OPERATOR_TOKEN: 'the-operator-of-this-test-and-nobody-else',
  PROCESSOR_WEBHOOK_SECRET: `whsec_${Buffer.from('signs the call-backs of this test').toString('base64')}`,
} as const;

const clock = { now: () => new Date().toISOString() as Instant };
const inSeconds = (seconds: number): Instant => new Date(Date.now() + seconds * 1_000).toISOString() as Instant;
/** A token that the services would take, or would have taken. */
export const signed = (kind: TokenKind, sub: string, options: { readonly expiresIn?: number; readonly secret?: string } = {}): string =>
  tokens({ secret: options.secret ?? secrets.TOKEN_SECRET, clock }).sign({ kind, sub, expiresAt: inSeconds(options.expiresIn ?? 600) });

/** `Authorization` headers that prove nothing, whatever they claim. */
export const worthless = (kind: TokenKind, sub: string, foreign: string): { readonly [what: string]: string | undefined } => {
  const token = signed(kind, foreign);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = Buffer.from(payload, 'base64url').toString().replace(foreign, sub);
  const none = Buffer.from('{"alg":"none","typ":"conference+jwt"}').toString('base64url');
  return {
    'no token': undefined,
    'an empty token': 'Bearer ',
    'another scheme': `Basic ${token}`,
    'no scheme': token,
    malformed: 'Bearer not-a-token',
    'without signature': `Bearer ${header}.${payload}`,
    'with a signature of something else': `Bearer ${header}.${payload}.${[...signature].reverse().join('')}`,
    'with other claims': `Bearer ${header}.${Buffer.from(claims).toString('base64url')}.${signature}`,
    'with the algorithm none': `Bearer ${none}.${Buffer.from(claims).toString('base64url')}.`,
    'signed with another secret': `Bearer ${signed(kind, sub, { secret: 'guessed' })}`,
    expired: `Bearer ${signed(kind, sub, { expiresIn: -60 })}`,
  };
};

/** As far as it is read here. */
type OpenApi = {
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: {
        readonly security: readonly { readonly [scheme: string]: unknown }[];
        readonly parameters?: readonly { readonly name: string }[];
      };
    };
  };
};
const whoOf: { readonly [scheme: string]: Who } = {
  organiser: 'organiser',
  registrant: 'registrant',
  operator: 'operator',
  signature: 'processor',
};

export type Route = { readonly method: string; readonly path: string; readonly who: Who; readonly takesIfMatch: boolean };
export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** As the service itself documents them. */
export const routesOf = async (address: string): Promise<readonly Route[]> => {
  const { paths } = (await (await fetch(`${address}/openapi.json`)).json()) as OpenApi;
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { security, parameters = [] }]) => {
      const [scheme] = security.flatMap(Object.keys);
      const who = scheme === undefined ? 'anyone' : whoOf[scheme];
      if (who === undefined) throw new Error(`${path} asks for ${scheme}, which nobody has`);
      return { method: method.toUpperCase(), path, who, takesIfMatch: parameters.some(({ name }) => name === 'If-Match') };
    }),
  );
};

export type Answer = { readonly status: number; readonly body: string; readonly headers: { readonly [name: string]: string } };

export const send = async (
  url: string,
  request: {
    readonly method: string;
    readonly authorization?: string | undefined;
    readonly body?: object | string;
    readonly headers?: { readonly [name: string]: string };
  },
): Promise<Answer> => {
  const { method, authorization, body } = request;
  const response = await fetch(url, {
    method,
    headers: {
      ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(authorization === undefined ? {} : { authorization }),
      ...request.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.text(), headers: Object.fromEntries(response.headers) };
};

/** Without what is of one request alone. */
export const comparable = ({ status, body, headers }: Answer) => {
  const { date: _, 'x-request-id': __, traceparent: ___, ...others } = headers;
  return { status, body: body.replace(/"traceId":"[^"]*"/, '"traceId":""'), headers: others };
};

/** A published conference, and an order of it that is paid and confirmed. */
export const somebody = async (running: StartedSystem, waitMs: number): Promise<Belongings> => {
  const conference = await running.open([{ name: 'Talks', price: 10_000, quota: 50 }]);
  const [seatType] = conference.seatTypes;
  if (seatType === undefined) throw new Error('no seat type');
  const { held } = await placeOrder(running.at(conference), [{ seatTypeId: seatType.id, quantity: 2 }]);
  await running.system.registrant.giveDetails(held, person);
  const payment = await startPayment(running.at(conference), held);
  await decidePayment(running, held, payment.id, 'accepted');
  await eventually(
    'confirmed',
    () => running.system.registrant.seats(held),
    (seats) => seats.length === 2,
    { withinMs: waitMs },
  );
  return {
    conferenceId: conference.id,
    slug: conference.slug,
    seatTypeId: seatType.id,
    orderId: held.id,
    paymentId: payment.id,
    tokens: { organiser: conference.token, registrant: held.token },
  };
};

/** Objects that there are not. */
export const nobody = (): Belongings => {
  const conferenceId = randomUUID();
  const orderId = randomUUID();
  return {
    conferenceId,
    slug: 'never_heard_of',
    seatTypeId: randomUUID(),
    orderId,
    paymentId: randomUUID(),
    tokens: { organiser: signed('organiser', conferenceId), registrant: signed('registrant', orderId) },
  };
};

/** The object that a token of this kind covers at this service. */
export const coveredBy = (kind: TokenKind, { conferenceId, orderId }: Belongings): string =>
  kind === 'organiser' ? conferenceId : orderId;
export const services = ['conference-management', 'registration', 'payments'] as const satisfies readonly ServiceName[];
