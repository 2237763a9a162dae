/** Defects of the original in an order's life and in what it showed of it. */
import type { OrderDocument } from '@conference/registration-application';
import { expect, test } from 'vitest';
import { grace, graceSeconds, pricePerSeat, reservationSeconds, type Scene, scene } from './scene.fixture.ts';

const reasonOf = (outcome: { readonly status: string; readonly reason?: { readonly code: string } }): string =>
  outcome.reason?.code ?? outcome.status;
/** Everything that a registrant could try. */
const everyCommand = async (at: Scene, orderId: string): Promise<readonly string[]> => [
  reasonOf(await at.chooseAgain(orderId, [{ seatTypeId: at.seatTypeId, quantity: 1 }])),
  reasonOf(await at.register(orderId, grace)),
  reasonOf(await at.confirm(orderId)),
  reasonOf(await at.cancel(orderId)),
];

test('W-8: an order that is confirmed, expired or cancelled stays so, whatever is asked of it', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration, types } = at;
    const one = [{ seatTypeId, quantity: 1 }];
    const { orderId: confirmed } = await at.bought(conference.conferenceId, one);
    const expired = await at.reserved(conference.conferenceId, one);
    const cancelled = await at.reserved(conference.conferenceId, one);
    await at.cancel(cancelled);
    await at.orderBecomes(expired, 'expired');
    const before = [confirmed, expired, cancelled].map((id) => types(registration, 'Order', id));
    expect(await everyCommand(at, confirmed)).toEqual(['order-confirmed', 'order-confirmed', 'order-confirmed', 'order-confirmed']);
    expect(await everyCommand(at, expired)).toEqual(['order-expired', 'order-expired', 'order-expired', 'order-expired']);
    expect(await everyCommand(at, cancelled)).toEqual(['order-cancelled', 'order-cancelled', 'order-cancelled', 'unchanged']);
    expect([confirmed, expired, cancelled].map((id) => types(registration, 'Order', id))).toEqual(before);
  }));

test('W-9: an order of which only a part is held stays one, however often it is told so', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration, types } = at;
    const { orderId } = await at.place(conference.conferenceId, [{ seatTypeId, quantity: 12 }]);
    await at.orderBecomes(orderId, 'partially-reserved');
    const before = types(registration, 'Order', orderId);
    await at.redeliverEverything(registration);
    expect(types(registration, 'Order', orderId)).toEqual(before);
    expect(before).not.toContain('OrderReservationCompleted');
    expect(await at.orderBecomes(orderId, 'partially-reserved')).toMatchObject({ items: [{ requested: 12, reserved: 10 }] });
  }));

const linesTotal = ({ state, items }: OrderDocument): number =>
  items.reduce(
    (sum, { unitPrice, requested, lineTotal }) => sum + (state === 'pending-reservation' ? unitPrice * requested : lineTotal),
    0,
  );

test('W-15: an order is read from one document, whose lines, total and version are of one moment', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration } = at;
    const shown: OrderDocument[] = [];
    at.onCommit(({ collection, documents }, proceed) => {
      if (collection === 'orders') shown.push(...(documents as readonly OrderDocument[]));
      return proceed();
    });
    const { orderId } = await at.place(conference.conferenceId, [{ seatTypeId, quantity: 12 }]);
    const partial = await at.orderBecomes(orderId, 'partially-reserved');
    expect(partial.total.amount).toBe(10 * pricePerSeat);
    const outcome = await at.chooseAgain(orderId, [{ seatTypeId, quantity: 5 }]);
    if (outcome.status !== 'accepted') throw new Error(outcome.status);
    await registration.ask(({ queries }) => queries.waitFor('orders', outcome.position, 2_000));
    const again = await at.order(orderId);
    expect(again).toMatchObject({ request: 2, total: { amount: 5 * pricePerSeat }, items: [{ requested: 5 }] });
    expect(again.version).toBeGreaterThanOrEqual(outcome.streamVersion);
    expect(shown.length).toBeGreaterThanOrEqual(3);
    for (const document of shown) expect(document.total.amount, JSON.stringify(document)).toBe(linesTotal(document));
  }));

test('W-16: an order of which only a part is held says so, line by line, and why it cannot be confirmed', () =>
  scene(
    {
      seatTypes: [
        { price: pricePerSeat, quota: 3 },
        { price: 0, quota: 5 },
      ],
    },
    async (at) => {
      const { conference } = at;
      const [scarce, plenty] = conference.seatTypes.map(({ seatTypeId }) => seatTypeId);
      const items = [
        { seatTypeId: scarce ?? '', quantity: 4 },
        { seatTypeId: plenty ?? '', quantity: 2 },
      ];
      const { orderId } = await at.place(conference.conferenceId, items);
      await at.register(orderId);
      const { items: lines, total } = await at.orderBecomes(orderId, 'partially-reserved');
      expect(lines.map(({ requested, reserved }) => [requested, reserved])).toEqual([
        [4, 3],
        [2, 2],
      ]);
      expect(total.amount).toBe(3 * pricePerSeat);
      expect(reasonOf(await at.confirm(orderId))).toBe('not-fully-reserved');
    },
  ));

test('W-27: who waits for the decision on an order is told so when the time is up, and the decision when it is there', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration, sim } = at;
    let isHeldUp = true;
    at.onAppend(async ({ events }, proceed) => {
      while (isHeldUp && events[0]?.type === 'SeatsReserved') await at.pause(10);
      return proceed();
    });
    const { orderId } = await at.place(conference.conferenceId, [{ seatTypeId, quantity: 1 }]);
    const wait = (placed: 'now' | 'earlier') => registration.ask(({ decisions }) => decisions.decided(orderId, placed, 2_000));
    const began = sim.elapsedMs();
    expect([await wait('now'), await wait('earlier')]).toEqual([undefined, undefined]);
    expect(sim.elapsedMs() - began).toBeGreaterThanOrEqual(4_000);
    expect(sim.elapsedMs() - began).toBeLessThan(4_500);
    const told = wait('earlier');
    isHeldUp = false;
    expect((await told)?.order.state).toBe('reserved');
    expect((await wait('earlier'))?.order.state).toBe('reserved');
  }));

test('W-31: from its end on a reservation is over for the registrant, and nobody is told that its seats are free before they are', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId } = at;
    const orderId = await at.reserved(conference.conferenceId, [{ seatTypeId, quantity: 4 }]);
    const { reservationExpiresAt, releaseAt } = await at.order(orderId);
    expect(Date.parse(releaseAt) - Date.parse(reservationExpiresAt)).toBe(graceSeconds * 1_000);
    await at.pause(Date.parse(reservationExpiresAt) - Date.parse(at.sim.timer.now()));
    expect(await everyCommand(at, orderId)).toEqual(['order-expired', 'accepted', 'order-expired', 'order-expired']);
    expect([(await at.order(orderId)).state, await at.available(seatTypeId)]).toEqual(['reserved', 6]);
    await at.pause(graceSeconds * 1_000 - 1_000);
    expect([(await at.order(orderId)).state, await at.available(seatTypeId)]).toEqual(['reserved', 6]);
    await at.availableBecomes(seatTypeId, 10);
    expect((await at.order(orderId)).state).toBe('expired');
  }));

test('W-32: an order that has expired shows that it has, to its registrant and to the organiser', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, conferenceManagement } = at;
    const { conferenceId } = conference;
    const listed = () => conferenceManagement.ask(async ({ queries }) => (await queries.orders(conferenceId, { limit: 10 })).items);
    const orderId = await at.reserved(conferenceId, [{ seatTypeId, quantity: 1 }]);
    await at.until(conferenceManagement, 'the order', async () => ((await listed()).length === 1 ? true : undefined));
    await at.pause((reservationSeconds + graceSeconds) * 1_000);
    await at.orderBecomes(orderId, 'expired');
    await at.until(conferenceManagement, 'no order', async () => ((await listed()).length === 0 ? true : undefined));
  }));

test('W-41: a line of nothing is in no event, no total and no document', () =>
  scene(
    {
      seatTypes: [
        { price: pricePerSeat, quota: 3 },
        { price: 100, quota: 5 },
      ],
    },
    async (at) => {
      const { conference, registration, stream } = at;
      const [chosen, notChosen] = conference.seatTypes.map(({ seatTypeId }) => seatTypeId);
      const items = [
        { seatTypeId: chosen ?? '', quantity: 2 },
        { seatTypeId: notChosen ?? '', quantity: 0 },
      ];
      const { orderId } = await at.place(conference.conferenceId, items);
      expect((await at.orderBecomes(orderId, 'reserved')).items.map(({ seatTypeId }) => seatTypeId)).toEqual([chosen]);
      const written = [
        ...stream(registration, 'Order', orderId),
        ...stream(registration, 'Registration', orderId),
        ...stream(registration, 'SeatsAvailability', conference.conferenceId).filter(({ type }) => type === 'SeatsReserved'),
      ];
      expect(written.length).toBeGreaterThan(4);
      for (const { type, data } of written) expect(JSON.stringify(data), type).not.toContain(notChosen);
    },
  ));

test('W-47: the price that was shown when the seats were chosen is the price, whatever the organiser does before they are held', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, conferenceManagement, registration } = at;
    const { conferenceId, seatTypes } = conference;
    const [seatType] = seatTypes;
    if (seatType === undefined) throw new Error('no seat type');
    let mayReserve = false;
    at.onAppend(async ({ events }, proceed) => {
      while (events[0]?.type === 'SeatsReserved' && !mayReserve) await at.pause(10);
      return proceed();
    });
    const { orderId } = await at.place(conferenceId, [{ seatTypeId, quantity: 12 }]);
    await at.command(conferenceManagement, 'raise the price', ({ commands }, context) =>
      commands.updateSeatType({ conferenceId, ...seatType, price: 99_000 }, context),
    );
    await at.until(registration, 'the new price', async ({ queries }) =>
      (await queries.publishedConference('simulated-2027'))?.seatTypes.find(({ price }) => price === 99_000),
    );
    mayReserve = true;
    expect(await at.orderBecomes(orderId, 'partially-reserved')).toMatchObject({ total: { amount: 10 * pricePerSeat } });
    await at.chooseAgain(orderId, [{ seatTypeId, quantity: 1 }]);
    expect(await at.orderBecomes(orderId, 'reserved')).toMatchObject({ total: { amount: 99_000 } });
  }));
