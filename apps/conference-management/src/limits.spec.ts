import { unlimitedFields } from '@conference/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, codeOf, details, fullPass, match, newConference, pointersOf, seen } from './client.fixture.ts';
import { type Component, component } from './component.fixture.ts';

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const { call, created } = clientOf(() => service);

const letters = (count: number): string => 'x'.repeat(count);
const notThere = { published: true };

const ofDetails = [
  ['an empty name', { name: ' ' }, '#/name'],
  ['a name that is too long', { name: letters(201) }, '#/name'],
  ['a name that is no text', { name: 7 }, '#/name'],
  ['no name', { name: undefined }, '#/name'],
  ['an empty description', { description: '' }, '#/description'],
  ['a description that is too long', { description: letters(4001) }, '#/description'],
  ['an empty location', { location: '' }, '#/location'],
  ['a location that is too long', { location: letters(201) }, '#/location'],
  ['a tagline that is too long', { tagline: letters(201) }, '#/tagline'],
  ['a search that is too long', { twitterSearch: letters(201) }, '#/twitterSearch'],
  ['a day that is none', { startDate: '2027-02-30' }, '#/startDate'],
  ['a time for a day', { endDate: '2027-05-03T00:00:00.000Z' }, '#/endDate'],
  ['an end before the start', { endDate: '2027-05-01' }, '#/endDate'],
  ['a field that there is not', notThere, '#/published'],
] as const;

const refusal = [400, 'invalid-request'];

it('Every field has a limit', async () => {
  expect(unlimitedFields((await call('GET', '/openapi.json')).json())).toEqual([]);
});

describe('A conference is refused', () => {
  it.each([
    ...ofDetails,
    ['a slug with a blank', { slug: 'two words' }, '#/slug'],
    ['a slug with letters that an address has not', { slug: 'dömain' }, '#/slug'],
    ['an empty slug', { slug: '' }, '#/slug'],
    ['a slug that is too long', { slug: letters(61) }, '#/slug'],
    ['a currency that is none', { currency: 'euro' }, '#/currency'],
    ['a currency that nobody has', { currency: 'ZZZ' }, '#/currency'],
    ['no owner', { owner: undefined }, '#/owner'],
    ['an owner without a name', { owner: { name: '', email: 'ada@example.org' } }, '#/owner/name'],
    ['an owner whose name is too long', { owner: { name: letters(201), email: 'ada@example.org' } }, '#/owner/name'],
    ['an address that is none', { owner: { name: 'Ada', email: 'ada' } }, '#/owner/email'],
    ['an address that is too long', { owner: { name: 'Ada', email: `${letters(250)}@x.org` } }, '#/owner/email'],
    ['a field of the owner that there is not', { owner: { name: 'Ada', email: 'ada@example.org', phone: '1' } }, '#/owner/phone'],
  ] as const)('with %s', async (_, change, pointer) => {
    const answer = await call('POST', '/v1/conferences', { body: { ...newConference('refused_days'), ...change } });
    expect([...codeOf(answer), pointersOf(answer)]).toEqual([...refusal, [pointer]]);
  });

  it('with all its faults at once', async () => {
    const body = { ...newConference('!'), name: '', owner: { name: '', email: 'ada' }, ...notThere };
    expect(pointersOf(await call('POST', '/v1/conferences', { body })).toSorted()).toEqual([
      '#/name',
      '#/owner/email',
      '#/owner/name',
      '#/published',
      '#/slug',
    ]);
  });
});

describe('Details are refused', () => {
  it.each([
    ...ofDetails,
    ['a slug, which is fixed', { slug: 'another' }, '#/slug'],
    ['an owner, who is fixed', { owner: { name: 'Ada', email: 'ada@example.org' } }, '#/owner'],
    ['a currency, which is fixed', { currency: 'CHF' }, '#/currency'],
  ] as const)('with %s', async (_, change, pointer) => {
    const { id, token, answer: creation } = await created();
    const options = { token, headers: match(creation), body: { ...details, ...change } };
    const answer = await call('PUT', `/v1/conferences/${id}/details`, options);
    expect([...codeOf(answer), pointersOf(answer)]).toEqual([...refusal, [pointer]]);
  });
});

describe('Seat types are refused', () => {
  const faults = [
    ['a name of one letter', { name: 'x' }, '#/name'],
    ['a name that is too long', { name: letters(71) }, '#/name'],
    ['an empty description', { description: '' }, '#/description'],
    ['a description that is too long', { description: letters(251) }, '#/description'],
    ['no price', { price: undefined }, '#/price'],
    ['a price that is a text', { price: '199.00' }, '#/price'],
    ['a price that is too high', { price: 5_000_001 }, '#/price/amount'],
    ['a price below nothing', { price: { amount: -1 } }, '#/price/amount'],
    ['a price with cents of a cent', { price: { amount: 0.5, currency: 'EUR' } }, '#/price/amount'],
    ['a price in no currency', { price: { amount: 1, currency: 'euro' } }, '#/price/currency'],
    ['a price in another currency', { price: { amount: 1, currency: 'USD' } }, '#/price/currency'],
    ['a price with a field that there is not', { price: { amount: 1, tax: 1 } }, '#/price/tax'],
    ['a quota below nothing', { quota: -1 }, '#/quota'],
    ['a quota that is too large', { quota: 100_001 }, '#/quota'],
    ['half a seat', { quota: 0.5 }, '#/quota'],
    ['a field that there is not', notThere, '#/published'],
  ] as const;

  it.each(faults)('with %s, when they are added and when they are changed', async (_, change, pointer) => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/seat-types`;
    const added = await call('POST', url, { token, body: fullPass });
    const body = { ...fullPass, ...change };
    for (const answer of [
      await call('POST', url, { token, body }),
      await call('PUT', `${url}/${added.json<{ id: string }>().id}`, { token, headers: match(added), body }),
    ])
      expect([...codeOf(answer), pointersOf(answer)]).toEqual([...refusal, [pointer]]);
  });
});

describe('Sessions are refused', () => {
  const session = { email: 'ada@example.org', accessCode: '0000000000000000' };

  it.each([
    ['no address', { email: undefined }, '#/email'],
    ['an address that is too long', { email: letters(255) }, '#/email'],
    ['no access code', { accessCode: undefined }, '#/accessCode'],
    ['an access code that is too long', { accessCode: letters(65) }, '#/accessCode'],
    ['a field that there is not', notThere, '#/published'],
  ] as const)('with %s', async (_, change, pointer) => {
    const answer = await call('POST', '/v1/organizer-sessions', { body: { ...session, ...change } });
    expect([...codeOf(answer), pointersOf(answer)]).toEqual([...refusal, [pointer]]);
  });
});

describe('What is as long as it may be', () => {
  const longest = {
    name: letters(200),
    description: letters(4000),
    location: letters(200),
    tagline: letters(200),
    twitterSearch: letters(200),
    startDate: '2027-05-02',
    endDate: '2027-05-02',
  };

  it('is taken, and read back as it was sent', async () => {
    const owner = { name: letters(200), email: `${letters(242)}@example.org` };
    const body = { ...longest, slug: letters(60), currency: 'JPY', owner };
    const answer = await call('POST', '/v1/conferences', { body });
    const { id, token } = answer.json<{ id: string; token: string }>();
    expect(answer.statusCode).toBe(201);
    expect((await call('GET', `/v1/conferences/${id}`, { token, headers: seen(answer) })).json()).toMatchObject(body);
    for (const [price, quota] of [
      [5_000_000, 100_000],
      [0, 0],
    ]) {
      const seatType = { name: letters(70), description: letters(250), price: { amount: price, currency: 'JPY' }, quota };
      const added = await call('POST', `/v1/conferences/${id}/seat-types`, { token, body: seatType });
      expect([added.statusCode, added.json()]).toEqual([201, expect.objectContaining(seatType)]);
    }
  });

  it('loses the blanks around it, and is not refused for them', async () => {
    const { id, token, answer } = await created();
    const body = { ...longest, name: ` ${longest.name} `, tagline: null };
    const changed = await call('PUT', `/v1/conferences/${id}/details`, { token, headers: match(answer), body });
    expect(changed.json()).toMatchObject({ name: longest.name, tagline: null });
  });
});
