/** What people do, over HTTP against three running services, with a reservation that lasts. */
import { randomUUID } from 'node:crypto';
import {
  type ChangedOrder,
  confirmedOrRefunded,
  decided,
  decidePayment,
  eventually,
  type Held,
  type OpenConference,
  placeOrder,
  RequestRefused,
  type Selection,
  startPayment,
} from '@conference/tools';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedSystem, startSystem } from './system.fixture.ts';

const waitMs = 15_000;
const ada = { firstName: 'Ada', lastName: 'Berg', email: 'ada@example.com' };
const grace = { firstName: 'Grace', lastName: 'Ito', email: 'grace@example.com' };
const talks = { name: 'Talks', price: 10_000, quota: 20 };
const workshop = { name: 'Workshop', price: 25_000, quota: 5 };
const community = { name: 'Community ticket', price: 0, quota: 10 };

let running: StartedSystem;
beforeAll(async () => {
  running = await startSystem({ waitMs });
});
afterAll(() => running?.stop());

const one = (conference: OpenConference, quantity = 1, index = 0): Selection => [
  { seatTypeId: conference.seatTypes[index]?.id ?? '', quantity },
];
const availableAt = async ({ slug }: OpenConference): Promise<readonly number[]> =>
  (await running.system.registrant.seatTypes(slug)).map(({ available }) => available);
const availableBecomes = (conference: OpenConference, ...expected: readonly number[]): Promise<unknown> =>
  eventually(
    'availability',
    () => availableAt(conference),
    (available) => available.join() === expected.join(),
    { withinMs: waitMs },
  );
const codeOf = async (command: Promise<unknown>): Promise<string> =>
  command.then(
    () => 'accepted',
    (error: unknown) => (error instanceof RequestRefused ? error.code : String(error)),
  );

/** Reserved, with a registrant: ready to be paid. */
const reserved = async (conference: OpenConference, items: Selection): Promise<{ readonly held: Held; readonly order: ChangedOrder }> => {
  const { held, order } = await placeOrder(running.at(conference), items);
  expect(order.state).toBe('reserved');
  const { paymentState: _, ...changed } = await running.system.registrant.giveDetails(held, ada);
  return { held, order: { ...order, ...changed } };
};
const initiate = (conference: OpenConference, held: Held): Promise<Held> => startPayment(running.at(conference), held);
const accept = (held: Held, payment: Held): Promise<void> => decidePayment(running, held, payment.id, 'accepted');
const paymentIs = (payment: Held, state: string): Promise<unknown> =>
  eventually(
    `payment ${state}`,
    () => running.system.payer.payment(payment),
    (is) => is.state === state,
    { withinMs: waitMs },
  );

describe('a registrant', () => {
  it('places, pays and assigns an order, and the organiser sees it', async () => {
    const { system } = running;
    const conference = await running.open([talks]);
    const { held, order } = await reserved(conference, one(conference, 2));
    expect(order).toMatchObject({ total: { amount: 20_000, currency: 'USD' }, isFreeOfCharge: false, paymentState: 'none' });
    await availableBecomes(conference, 18);
    const payment = await initiate(conference, held);
    await accept(held, payment);
    const confirmed = await confirmedOrRefunded(running.at(conference), held);
    expect(confirmed).toMatchObject({ state: 'confirmed', paymentState: 'completed' });
    const seats = await eventually(
      'seats',
      () => system.registrant.seats(held),
      (list) => list.length > 0,
      { withinMs: waitMs },
    );
    expect(seats.map(({ position, attendee }) => ({ position, attendee }))).toEqual(
      [0, 1].map((position) => ({ position, attendee: null })),
    );
    await system.registrant.assignSeat(held, 0, ada);
    await system.registrant.assignSeat(held, 1, ada);
    await system.registrant.assignSeat(held, 1, grace);
    const attendees = await eventually(
      'attendees',
      () => system.organiser.attendees(conference),
      (list) => list.length === 2 && list.some(({ email }) => email === grace.email),
      { withinMs: waitMs },
    );
    expect(attendees.map(({ position, email }) => `${position} ${email}`).toSorted()).toEqual(['0 ada@example.com', '1 grace@example.com']);
    const [listed] = await eventually(
      'the list',
      () => system.organiser.orders(conference),
      ([first]) => first?.state === 'confirmed',
      { withinMs: waitMs },
    );
    expect(listed).toMatchObject({ id: held.id, total: { amount: 20_000 }, registrant: ada });
    await eventually(
      'remaining',
      () => system.organiser.seatTypes(conference),
      ([seatType]) => seatType?.remaining === 18,
      { withinMs: waitMs },
    );
  });

  it('finds the order again with e-mail and access code', async () => {
    const conference = await running.open([talks]);
    const { held, order } = await reserved(conference, one(conference));
    const open = () =>
      running.system.registrant
        .openSession({ slug: conference.slug, email: ada.email, accessCode: order.accessCode })
        .catch(() => undefined);
    const session = await eventually('session', open, (found) => found !== undefined, { withinMs: waitMs });
    expect(session?.orderId).toBe(held.id);
    expect((await running.system.registrant.order({ id: held.id, token: session?.token ?? '' })).id).toBe(held.id);
  });

  it('is given what is left when that is less, and chooses again', async () => {
    const conference = await running.open([workshop, talks]);
    const { held, order } = await placeOrder(running.at(conference), [...one(conference, 7), ...one(conference, 1, 1)]);
    expect(order).toMatchObject({ state: 'partially-reserved', total: { amount: 5 * 25_000 + 10_000 } });
    expect(order.items.map(({ requested, reserved: got }) => [requested, got])).toEqual([
      [7, 5],
      [1, 1],
    ]);
    expect(await codeOf(running.system.registrant.confirm(held))).toMatch(/^(not-fully-reserved|registrant-required|payment-required)$/);
    await running.system.registrant.chooseAgain(held, one(conference, 3));
    const again = await decided(running.system, held, waitMs);
    expect(again).toMatchObject({ state: 'reserved', total: { amount: 75_000 }, reservationExpiresAt: order.reservationExpiresAt });
    await availableBecomes(conference, 2, 20);
  });

  it('may choose again at once, before the first choice is decided', async () => {
    const conference = await running.open([workshop, talks]);
    const { body: placed } = await running.system.registrant.place({ conferenceId: conference.id, items: one(conference, 2) });
    await running.system.registrant.chooseAgain(placed, one(conference, 4, 1));
    const order = await eventually(
      'second choice',
      () => running.system.registrant.order(placed),
      ({ state, items }) => state === 'reserved' && items[0]?.requested === 4,
      { withinMs: waitMs },
    );
    expect(order.total.amount).toBe(40_000);
    await availableBecomes(conference, 5, 16);
  });

  it('confirms an order free of charge without paying, and pays nothing', async () => {
    const conference = await running.open([community]);
    const { held, order } = await reserved(conference, one(conference, 2));
    expect(order).toMatchObject({ isFreeOfCharge: true, total: { amount: 0 } });
    expect(await codeOf(running.system.payer.initiate(held))).toBe('order-not-payable');
    expect((await running.system.registrant.confirm(held)).state).toBe('confirmed');
    await eventually(
      'seats',
      () => running.system.registrant.seats(held),
      (list) => list.length === 2,
      { withinMs: waitMs },
    );
  });

  it('may pay after the processor has refused once', async () => {
    const conference = await running.open([talks]);
    const { held } = await reserved(conference, one(conference));
    const payment = await initiate(conference, held);
    await decidePayment(running, held, payment.id, 'rejected');
    const refused = await eventually(
      'rejection',
      () => running.system.registrant.order(held),
      ({ paymentState }) => paymentState === 'rejected',
      { withinMs: waitMs },
    );
    expect(refused.state).toBe('reserved');
    await accept(held, payment);
    expect(await confirmedOrRefunded(running.at(conference), held)).toMatchObject({ state: 'confirmed', paymentState: 'completed' });
  });

  it('gets the money back for a second payment, and keeps the seats', async () => {
    const conference = await running.open([talks]);
    const { held } = await reserved(conference, one(conference));
    const [first, second] = [await initiate(conference, held), await initiate(conference, held)];
    await accept(held, first);
    await confirmedOrRefunded(running.at(conference), held);
    await accept(held, second);
    await paymentIs(second, 'refunded');
    expect(await running.system.payer.payment(first)).toMatchObject({ state: 'completed' });
    expect(await running.system.registrant.order(held)).toMatchObject({ state: 'confirmed', paymentState: 'completed' });
  });

  it('gets the money back that arrives after the cancellation', async () => {
    const conference = await running.open([talks]);
    const { held } = await reserved(conference, one(conference, 3));
    const payment = await initiate(conference, held);
    expect((await running.system.registrant.cancel(held)).state).toBe('cancelled');
    await accept(held, payment);
    await paymentIs(payment, 'refunded');
    expect((await running.system.registrant.order(held)).state).toBe('cancelled');
    await availableBecomes(conference, 20);
    expect((await running.system.registrant.cancel(held)).state).toBe('cancelled');
  });

  it('gets the money back when the order costs something else by now, and may pay again', async () => {
    const conference = await running.open([talks]);
    const { held } = await reserved(conference, one(conference));
    const payment = await initiate(conference, held);
    await running.system.registrant.chooseAgain(held, one(conference, 2));
    await decided(running.system, held, waitMs);
    await accept(held, payment);
    await paymentIs(payment, 'refunded');
    expect(await running.system.registrant.order(held)).toMatchObject({ state: 'reserved', total: { amount: 20_000 } });
    await accept(held, await initiate(conference, held));
    await eventually(
      'confirmation',
      () => running.system.registrant.order(held),
      ({ state }) => state === 'confirmed',
      { withinMs: waitMs },
    );
  });

  it('who sends the same order twice under one key has one order', async () => {
    const conference = await running.open([talks]);
    const key = randomUUID();
    const body = { conferenceId: conference.id, items: one(conference, 2) };
    const [first, second] = await Promise.all([
      running.system.registrant.place(body, { key }),
      running.system.registrant.place(body, { key }),
    ]);
    const third = await running.system.registrant.place(body, { key });
    expect([second.body.id, third.body.id]).toEqual([first.body.id, first.body.id]);
    expect([second.body.token, third.body.token]).toEqual([first.body.token, first.body.token]);
    expect(third.isReplayed).toBe(true);
    expect(await codeOf(running.system.registrant.place({ ...body, items: one(conference, 3) }, { key }))).toBe('idempotency-key-reused');
    await availableBecomes(conference, 18);
  });
});

describe('a crowd', () => {
  it('of twenty at ten seats buys exactly ten', async () => {
    const conference = await running.open([{ ...talks, quota: 10 }]);
    const placed = await Promise.all(Array.from({ length: 20 }, () => placeOrder(running.at(conference), one(conference))));
    const lucky = placed.filter(({ order }) => order.state === 'reserved');
    expect(lucky).toHaveLength(10);
    const others = placed.filter(({ order }) => order.state === 'partially-reserved');
    expect(others.map(({ order }) => [order.items[0]?.reserved, order.total.amount, order.isFreeOfCharge])).toEqual(
      Array.from({ length: 10 }, () => [0, 0, false]),
    );
    const states = await Promise.all(
      lucky.map(async ({ held }) => {
        await running.system.registrant.giveDetails(held, ada);
        await accept(held, await initiate(conference, held));
        return (await confirmedOrRefunded(running.at(conference), held)).state;
      }),
    );
    expect(states).toEqual(Array.from({ length: 10 }, () => 'confirmed'));
    await availableBecomes(conference, 0);
    await eventually(
      'organiser’s view',
      () => running.system.organiser.seatTypes(conference),
      ([seatType]) => seatType?.remaining === 0,
      { withinMs: waitMs },
    );
  });
});

describe('an organiser', () => {
  it('who unpublishes a conference ends new orders, not those that exist', async () => {
    const conference = await running.open([talks]);
    const { held } = await reserved(conference, one(conference));
    await running.system.organiser.unpublish(conference);
    const place = () => codeOf(running.system.registrant.place({ conferenceId: conference.id, items: one(conference) }));
    await eventually('no new orders', place, (code) => code === 'conference-not-open', { withinMs: waitMs });
    await accept(held, await initiate(conference, held));
    expect((await confirmedOrRefunded(running.at(conference), held)).state).toBe('confirmed');
  });

  it('who cuts the quota below what is sold sees a negative number, and nobody gets more', async () => {
    const conference = await running.open([talks]);
    await reserved(conference, one(conference, 4));
    const [seatType] = conference.seatTypes;
    const { version } = await running.system.organiser.conference(conference);
    await running.system.organiser.updateSeatType(conference, seatType?.id ?? '', { ...talks, description: 'Fewer.', quota: 3 }, version);
    await eventually(
      'a negative number',
      () => running.system.organiser.seatTypes(conference),
      ([is]) => is?.remaining === -1,
      { withinMs: waitMs },
    );
    await availableBecomes(conference, 0);
    const { order } = await placeOrder(running.at(conference), one(conference));
    expect(order).toMatchObject({ state: 'partially-reserved', isFreeOfCharge: false });
  });
});

describe('in the end', () => {
  it('everything adds up', async () => {
    await running.expectEverythingAddsUp({ withinMs: waitMs });
  });
});
