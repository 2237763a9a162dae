/** Defects of the original that an organiser met. */
import { conferenceIdOf } from '@conference/conference-management-application';
import { expect, test } from 'vitest';
import { ada, pricePerSeat, scene } from './scene.fixture.ts';

const details = {
  name: 'Another one',
  description: 'A conference',
  location: 'Basel',
  tagline: null,
  twitterSearch: null,
  startDate: '2027-09-01',
  endDate: '2027-09-03',
  currency: 'EUR',
  accessCode: 'ORGANISER',
} as const;

test('W-23: of two conferences that want one slug at the same moment one gets it, whatever the case', () =>
  scene({}, async (at) => {
    const { conferenceManagement } = at;
    const create = (slug: string, name: string) =>
      at.command(conferenceManagement, `create ${slug}`, ({ commands }, context) =>
        commands.createConference({ ...details, slug, owner: { name, email: `${name}@example.org` } }, context),
      );
    const outcomes = await Promise.all([create('basel_2027', 'ann'), create('Basel_2027', 'bob')]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['accepted', 'rejected']);
    expect(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))).toEqual(['slug-taken']);
    expect(at.types(conferenceManagement, 'Conference', conferenceIdOf('basel_2027'))).toEqual(['ConferenceCreated']);
  }));

test('W-34: the organiser sees what remains of each seat type, and orders as they are: partly held, chosen again, paid', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, conferenceManagement } = at;
    const { conferenceId } = conference;
    const seen = async () => {
      const { seatTypes, orders } = await conferenceManagement.ask(async ({ queries }) => ({
        seatTypes: await queries.seatTypes(conferenceId, { limit: 10 }),
        orders: await queries.orders(conferenceId, { limit: 10 }),
      }));
      return [seatTypes?.items[0]?.remaining, ...orders.items.map(({ state, total }) => [state, total.amount])];
    };
    const sees = (...expected: unknown[]) =>
      at.until(conferenceManagement, JSON.stringify(expected), async () =>
        JSON.stringify(await seen()) === JSON.stringify(expected) ? true : undefined,
      );
    const { orderId } = await at.place(conferenceId, [{ seatTypeId, quantity: 12 }]);
    await sees(0, ['partially-reserved', 10 * pricePerSeat]);
    await at.chooseAgain(orderId, [{ seatTypeId, quantity: 3 }]);
    await sees(7, ['reserved', 3 * pricePerSeat]);
    await at.register(orderId);
    await at.accept(await at.startPayment(orderId));
    await sees(7, ['confirmed', 3 * pricePerSeat]);
  }));

test('W-46: an attendee is listed with the order that the seat belongs to', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, conferenceManagement, registration } = at;
    const orders = [
      await at.bought(conference.conferenceId, [{ seatTypeId, quantity: 1 }]),
      await at.bought(conference.conferenceId, [{ seatTypeId, quantity: 2 }]),
    ];
    for (const { orderId } of orders)
      await at.command(registration, 'assign', ({ commands }, context) =>
        commands.assignSeat({ orderId, position: 0, attendee: { ...ada, lastName: orderId } }, context),
      );
    const attendees = await at.until(conferenceManagement, 'the attendees', async ({ queries }) => {
      const { items } = await queries.attendees(conference.conferenceId, { limit: 10 });
      return items.length === 2 ? items : undefined;
    });
    expect(attendees.map(({ orderId }) => orderId).toSorted()).toEqual(orders.map(({ orderId }) => orderId).toSorted());
    for (const { orderId, lastName } of attendees) expect(orderId).toBe(lastName);
  }));
