/**
 * Goal: nobody reaches what is not theirs, and nobody learns whether it is there. Method: every route that the services
 * document × every caller × one's own, somebody else's and no object, over HTTP against running services.
 */
import { randomUUID } from 'node:crypto';
import type { Instant } from '@conference/kernel';
import { signWebhook, type TokenKind } from '@conference/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  comparable,
  coveredBy,
  nameOf,
  nobody,
  type Route,
  routesOf,
  secrets,
  send,
  services,
  signed,
  somebody,
  worthless,
} from './authorisation.fixture.ts';
import { type Belongings, matrices, pathOf, type Who } from './authorisation-matrix.fixture.ts';
import { type StartedSystem, startSystem } from './system.fixture.ts';

const waitMs = 45_000;
type ServiceName = (typeof services)[number];

let running: StartedSystem;
let ann: Belongings;
let bob: Belongings;
beforeAll(async () => {
  running = await startSystem({ env: secrets, waitMs, limits: { withinMs: waitMs } });
  [ann, bob] = await Promise.all([somebody(running, waitMs), somebody(running, waitMs)]);
});
afterAll(() => running?.stop());

const addressOf = (service: ServiceName): string => running.services.addresses[service];
const operator = `Bearer ${secrets.OPERATOR_TOKEN}`;
/** Lets a command that was allowed change nothing. */
const neverCurrent = { 'if-match': '"999999"' };

const ask = (service: ServiceName, route: Route, of: Belongings, authorization: string | undefined): Promise<Answer> => {
  const body = matrices[service][nameOf(route)]?.body?.(of);
  return send(`${addressOf(service)}${pathOf(service, route.path, of)}`, {
    method: route.method,
    authorization,
    ...(body === undefined ? {} : { body }),
    ...(route.takesIfMatch ? { headers: neverCurrent } : {}),
  });
};
const routesFor = async (service: ServiceName, ...who: readonly Who[]): Promise<readonly Route[]> =>
  (await routesOf(addressOf(service))).filter((route) => who.includes(route.who));
const kindOf = ({ who }: Route): TokenKind => (who === 'organiser' ? 'organiser' : 'registrant');
const codeOf = ({ status, body }: Answer): string => `${status} ${(JSON.parse(body) as { readonly code?: string }).code ?? ''}`;
const bearer = (token: string): string => `Bearer ${token}`;

/** All that were answered otherwise than they must be. */
const unlike = async (
  expected: string,
  tries: { readonly [what: string]: Promise<Answer> },
): Promise<readonly { readonly what: string; readonly got: string }[]> => {
  const answers = await Promise.all(Object.entries(tries).map(async ([what, answer]) => ({ what, got: codeOf(await answer) })));
  return answers.filter(({ got }) => got !== expected);
};
const each = <T>(of: { readonly [what: string]: T }, name: string, call: (one: T) => Promise<Answer>) =>
  Object.fromEntries(Object.entries(of).map(([what, one]) => [`${name}: ${what}`, call(one)]));

describe.each(services)('%s', (service) => {
  it('documents the routes that this matrix knows, each for whom it serves', async () => {
    const documented = (await routesOf(addressOf(service))).map((route) => `${nameOf(route)}: ${route.who}`);
    const known = Object.entries(matrices[service]).map(([route, { who }]) => `${route}: ${who}`);
    expect(documented.toSorted()).toEqual(known.toSorted());
  });

  it('answers 401 with a challenge to no token, and to one that is malformed, expired or tampered with', async () => {
    for (const route of await routesFor(service, 'organiser', 'registrant', 'operator')) {
      const kind = kindOf(route);
      const headers = worthless(kind, coveredBy(kind, ann), coveredBy(kind, bob));
      const tries = each(headers, nameOf(route), (authorization) => ask(service, route, ann, authorization));
      expect(await unlike('401 unauthenticated', tries)).toEqual([]);
      for (const answer of Object.values(tries)) expect((await answer).headers['www-authenticate']).toBe('Bearer');
    }
  });

  it('answers 404 to a token of another object or of another kind, exactly as for one that does not exist', async () => {
    for (const route of await routesFor(service, 'organiser', 'registrant')) {
      const kind = kindOf(route);
      const other: TokenKind = kind === 'organiser' ? 'registrant' : 'organiser';
      const absent = nobody();
      const expected = comparable(await ask(service, route, absent, bearer(bob.tokens[kind])));
      expect(expected.status, nameOf(route)).toBe(404);
      const foreign = {
        'of another object': bearer(bob.tokens[kind]),
        'of one that does not exist': bearer(absent.tokens[kind]),
        'of another kind': bearer(ann.tokens[other]),
        'of another kind for this id': bearer(signed(other, coveredBy(kind, ann))),
        'of the operator': operator,
      };
      const tries = each(foreign, nameOf(route), (authorization) => ask(service, route, ann, authorization));
      expect(await unlike('404 not-found', tries)).toEqual([]);
      for (const [what, answer] of Object.entries(tries)) expect(comparable(await answer), what).toEqual(expected);
    }
  });

  it('lets everybody in to what is theirs', async () => {
    for (const route of await routesFor(service, 'organiser', 'registrant')) {
      const answer = await ask(service, route, ann, bearer(ann.tokens[kindOf(route)]));
      const allowed = route.method === 'GET' ? [200] : route.takesIfMatch ? [412, 409] : [200, 201, 409];
      expect(allowed, `${nameOf(route)}: ${answer.body}`).toContain(answer.status);
    }
  });

  it('lets nobody but the operator in to /ops, and says no more than that', async () => {
    const tokens = {
      organiser: bearer(ann.tokens.organiser),
      registrant: bearer(ann.tokens.registrant),
      'almost the operator': `${operator}x`,
      'the beginning of the operator’s': operator.slice(0, -1),
      'a token for the operator': bearer(signed('organiser', 'operator')),
    };
    for (const route of await routesFor(service, 'operator')) {
      const tries = each(tokens, nameOf(route), (authorization) => ask(service, route, ann, authorization));
      expect(await unlike('401 unauthenticated', tries)).toEqual([]);
      const allowed = await ask(service, route, ann, operator);
      expect(route.method === 'GET' ? [200] : [404], `${nameOf(route)}: ${allowed.body}`).toContain(allowed.status);
    }
  });

  it('asks nobody for a token where anyone may come, and is not harmed by a wrong one', async () => {
    for (const route of await routesFor(service, 'anyone')) {
      const call = (authorization: string | undefined): Promise<Answer> =>
        send(`${addressOf(service)}${pathOf(service, route.path, ann)}`, {
          method: route.method,
          authorization,
          ...(route.method === 'GET' ? {} : { body: {} }),
        });
      const expected = comparable(await call(undefined));
      expect(route.method === 'GET' ? [200] : [400], `${nameOf(route)}: ${expected.body}`).toContain(expected.status);
      const headers = { ...worthless('registrant', ann.orderId, bob.orderId), operator, organiser: bearer(bob.tokens.organiser) };
      for (const [what, authorization] of Object.entries(headers))
        expect(comparable(await call(authorization)), `${nameOf(route)}: ${what}`).toEqual(expected);
    }
  });

  it('changed nothing for all that was refused', async () => {
    const { registrant, organiser } = running.system;
    for (const { conferenceId, orderId, tokens } of [ann, bob]) {
      const order = { id: orderId, token: tokens.registrant };
      expect(await registrant.order(order)).toMatchObject({ state: 'confirmed', registrant: { email: 'ada@example.com' } });
      expect((await registrant.seats(order)).map(({ attendee }) => attendee)).toEqual([null, null]);
      const conference = await organiser.conference({ id: conferenceId, token: tokens.organiser });
      expect(conference).toMatchObject({ isPublished: true, version: 2 });
    }
  });
});

describe('A token', () => {
  it('is taken from the Authorization header alone', async () => {
    const url = `${addressOf('registration')}/v1/orders/${ann.orderId}`;
    const token = ann.tokens.registrant;
    for (const headers of [{ cookie: `token=${token}` }, { 'x-authorization': bearer(token) }, { 'x-access-token': token }])
      expect((await send(url, { method: 'GET', headers })).status).toBe(401);
    expect((await send(`${url}?access_token=${token}`, { method: 'GET' })).status).toBe(401);
    expect((await send(url, { method: 'GET', authorization: bearer(token) })).status).toBe(200);
  });

  it('is looked at before the key of a command: nobody is answered what somebody else was', async () => {
    const url = `${addressOf('registration')}/v1/orders/${ann.orderId}/seats/1`;
    const request = { method: 'PUT', body: { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.com' } };
    const headers = { 'idempotency-key': randomUUID() };
    const first = await send(url, { ...request, headers, authorization: bearer(ann.tokens.registrant) });
    const again = await send(url, { ...request, headers, authorization: bearer(ann.tokens.registrant) });
    expect([first.status, again.status, again.headers['idempotency-replayed']]).toEqual([200, 200, 'true']);
    expect(codeOf(await send(url, { ...request, headers, authorization: bearer(bob.tokens.registrant) }))).toBe('404 not-found');
    expect(codeOf(await send(url, { ...request, headers }))).toBe('401 unauthenticated');
  });
});

describe('A call-back of the processor', () => {
  const callBack = async (options: { readonly secret?: string; readonly ageSeconds?: number; readonly sent?: string } = {}) => {
    const rawBody = JSON.stringify({ type: 'payment.accepted', timestamp: new Date().toISOString(), data: { paymentId: randomUUID() } });
    const now = new Date(Date.now() - (options.ageSeconds ?? 0) * 1_000).toISOString() as Instant;
    const headers = signWebhook({ secrets: [options.secret ?? secrets.PROCESSOR_WEBHOOK_SECRET], id: randomUUID(), now, rawBody });
    return { headers: { ...headers }, body: options.sent ?? rawBody };
  };
  const post = (request: { readonly headers?: { readonly [name: string]: string }; readonly body: string }, authorization?: string) =>
    send(`${addressOf('payments')}/v1/processor-callbacks`, { method: 'POST', authorization, ...request });

  it('is believed when it is signed, and 401 otherwise, whatever token it brings', async () => {
    const { body, headers } = await callBack();
    const elsewhere = `whsec_${Buffer.from('known to somebody else, far away').toString('base64')}`;
    for (const authorization of [undefined, operator, bearer(ann.tokens.registrant), bearer(ann.tokens.organiser)]) {
      const refused = {
        'not signed': post({ body }, authorization),
        'signed by another': post(await callBack({ secret: elsewhere }), authorization),
        'older than five minutes': post(await callBack({ ageSeconds: 301 }), authorization),
        'from the future': post(await callBack({ ageSeconds: -301 }), authorization),
        'with another body': post(await callBack({ sent: body }), authorization),
        'no JSON': post(await callBack({ sent: '{' }), authorization),
      };
      expect(await unlike('401 unauthenticated', refused)).toEqual([]);
    }
    expect((await post({ body, headers })).status).toBe(202);
  });
});
