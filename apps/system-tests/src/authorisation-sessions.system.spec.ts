/**
 * Goal: whoever guesses at a session learns nothing - not from the answer, not from the time it takes - and soon has to wait.
 * Method: wrong e-mail addresses and wrong codes of both kinds of sessions, over HTTP against running services.
 */
import { randomUUID } from 'node:crypto';
import { eventually, placeOrder } from '@conference/tools';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, comparable, send } from './authorisation.fixture.ts';
import { type StartedSystem, startSystem } from './system.fixture.ts';

const waitMs = 45_000;
const failedAttemptsMax = 10;
const windowSeconds = 600;

/** Somebody who may open a session; `slug` where a session names one. */
type Known = { readonly email: string; readonly accessCode: string; readonly slug: string };
type Kind = { readonly path: string; readonly service: 'conference-management' | 'registration' };
const kinds = {
  'An organiser’s session': { path: '/v1/organizer-sessions', service: 'conference-management' },
  'A registrant’s session': { path: '/v1/order-sessions', service: 'registration' },
} as const satisfies { readonly [name: string]: Kind };

let running: StartedSystem;
beforeAll(async () => {
  running = await startSystem({ waitMs, limits: { withinMs: waitMs } });
});
afterAll(() => running?.stop());

const someEmail = (): string => `${randomUUID()}@example.com`;
const guess = (): string => randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();

const open = ({ path, service }: Kind, { email, accessCode, slug }: Known): Promise<Answer> =>
  send(`${running.services.addresses[service]}${path}`, {
    method: 'POST',
    body: service === 'registration' ? { slug, email, accessCode } : { email, accessCode },
  });

const organiser = async (): Promise<Known> => {
  const email = someEmail();
  const slug = `s_${randomUUID().replaceAll('-', '')}`;
  const dates = { startDate: '2027-05-02', endDate: '2027-05-04' };
  const { accessCode } = await running.system.organiser.create({
    name: 'Days',
    description: 'Two days.',
    location: 'Oslo',
    slug,
    ...dates,
    owner: { name: 'Olga', email },
  });
  return { email, accessCode, slug };
};
const registrants = async (count: number): Promise<readonly Known[]> => {
  const conference = await running.open([{ name: 'Talks', price: 100, quota: 500 }]);
  const items = [{ seatTypeId: conference.seatTypes[0]?.id ?? '', quantity: 1 }];
  return Promise.all(
    Array.from({ length: count }, async () => {
      const email = someEmail();
      const { held, order } = await placeOrder(running.at(conference), items);
      await running.system.registrant.giveDetails(held, { firstName: 'Ada', lastName: 'Ahmed', email });
      return { email, accessCode: order.accessCode, slug: conference.slug };
    }),
  );
};
const known = async (kind: Kind, count: number): Promise<readonly Known[]> => {
  const people = kind.service === 'registration' ? await registrants(count) : await Promise.all(Array.from({ length: count }, organiser));
  for (const person of people)
    await eventually(
      `a session of ${person.email}`,
      () => open(kind, person),
      ({ status }) => status === 200,
      { withinMs: waitMs, everyMs: 100 },
    );
  return people;
};
const one = async (kind: Kind): Promise<Known> => {
  const [person] = await known(kind, 1);
  if (person === undefined) throw new Error('nobody');
  return person;
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

describe.each(Object.entries(kinds))('%s', (_, kind) => {
  it('is refused in the same words, headers and status, whatever was wrong', async () => {
    const [person, other] = await known(kind, 2);
    if (person === undefined || other === undefined) throw new Error('nobody');
    const refusals = {
      'a wrong code': await open(kind, { ...person, accessCode: guess() }),
      'an unknown address': await open(kind, { ...person, email: someEmail() }),
      'nothing right': await open(kind, { slug: 'never_heard_of', email: 'nobody', accessCode: 'x' }),
      'the code of somebody else': await open(kind, { ...person, accessCode: other.accessCode }),
      'an address with text behind it': await open(kind, { ...person, email: `${person.email} x` }),
      'a code with text behind it': await open(kind, { ...person, accessCode: `${person.accessCode}0` }),
      ...(kind.service === 'registration' ? { 'another conference': await open(kind, { ...person, slug: 'never_heard_of' }) } : {}),
    };
    const expected = comparable(refusals['a wrong code']);
    expect([expected.status, JSON.parse(expected.body)]).toMatchObject([401, { code: 'unauthenticated' }]);
    for (const [what, refusal] of Object.entries(refusals)) expect(comparable(refusal), what).toEqual(expected);
    for (const told of [person.email, person.accessCode, other.email, other.accessCode]) expect(expected.body).not.toContain(told);
    expect((await open(kind, person)).status).toBe(200);
  });

  it('takes as long for an address that is known as for one that is not', async () => {
    const people = await known(kind, 8);
    const times: { readonly known: number[]; readonly unknown: number[] } = { known: [], unknown: [] };
    const timed = async (into: number[], attempt: Known): Promise<void> => {
      const from = performance.now();
      expect((await open(kind, attempt)).status).toBe(401);
      into.push(performance.now() - from);
    };
    for (let round = 0; round < failedAttemptsMax - 1; round++) {
      for (const person of people) {
        await timed(times.known, { ...person, accessCode: guess() });
        await timed(times.unknown, { ...person, email: someEmail(), accessCode: guess() });
      }
    }
    const [forKnown, forUnknown] = [median(times.known), median(times.unknown)];
    // Side by side and by the middle one of many: a search that stops early, or a slow hash for one of them alone, is more.
    expect(Math.abs(forKnown - forUnknown), `${forKnown} ms and ${forUnknown} ms`).toBeLessThan(2 + 0.5 * Math.min(forKnown, forUnknown));
  });

  it('is refused for ten minutes after ten failed attempts, for a known address like for an unknown one', async () => {
    const [person, neighbour] = await known(kind, 2);
    if (person === undefined || neighbour === undefined) throw new Error('nobody');
    const limited: Answer[] = [];
    for (const attempt of [person, { ...person, email: someEmail() }]) {
      const spellings = [attempt.email, attempt.email.toUpperCase(), ` ${attempt.email}`];
      const answers = await Promise.all(
        Array.from({ length: failedAttemptsMax + 4 }, (_unused, n) =>
          open(kind, { ...attempt, email: spellings[n % spellings.length] ?? '', accessCode: guess() }),
        ),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(failedAttemptsMax).fill(401), 429, 429, 429, 429]);
      const last = await open(kind, attempt);
      expect([last.status, JSON.parse(last.body)]).toMatchObject([429, { code: 'too-many-requests' }]);
      const seconds = Number(last.headers['retry-after']);
      expect(seconds).toBeGreaterThan(windowSeconds - 60);
      expect(seconds).toBeLessThanOrEqual(windowSeconds);
      limited.push(last);
    }
    const [forKnown, forUnknown] = limited.map(comparable).map(({ headers: { 'retry-after': __, ...headers }, ...answer }) => ({
      ...answer,
      headers,
    }));
    expect(forKnown).toEqual(forUnknown);
    expect((await open(kind, neighbour)).status, 'nobody else has to wait').toBe(200);
  });

  it('that is opened counts as no attempt', async () => {
    const person = await one(kind);
    for (let n = 0; n < failedAttemptsMax - 1; n++) expect((await open(kind, { ...person, accessCode: guess() })).status).toBe(401);
    for (let n = 0; n < 15; n++) expect((await open(kind, person)).status).toBe(200);
    expect((await open(kind, { ...person, accessCode: guess() })).status).toBe(401);
    expect((await open(kind, person)).status).toBe(429);
  });
});
