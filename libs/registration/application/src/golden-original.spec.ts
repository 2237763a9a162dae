// What CQRS Journey stored in its three releases is what we store today: the same story, told four times.
import { type DomainEvent, fold, type JsonObject } from '@conference/kernel';
import { publicMessages } from '@conference/registration-contracts';
import { order, type SeatsAvailability, seatAssignments, seatsAvailability } from '@conference/registration-domain';
import { type EventDecoder, only } from '@conference/runtime';
import { documentsOf, type GoldenStreams, goldenFaults, goldenStreams, readFrom } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { orderCodec, ownCodec, registrationCodec, seatAssignmentsCodec, seatsAvailabilityCodec, storedEvents } from './catalog.ts';
import { publications } from './publications.ts';
import { conferenceEventTypes, conferencesProjection } from './read-models/conferences.ts';
import { orderSeatsProjection, seatAssignmentsTypes } from './read-models/order-seats.ts';
import { orderEventTypes, ordersProjection } from './read-models/orders.ts';

/** One and the same story, as each release of the original would have stored it; `today`: as it is stored today. */
const originalFolder = new URL('../golden/original/', import.meta.url);
const release = (name: string): GoldenStreams => goldenStreams(new URL(`${name}.json`, originalFolder));

const today = release('today');
const workshop = 'a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d';
const releases = ['V1', 'V2', 'V3'].map((name) => ({ name, streams: release(name) }));
const streamsOf = (category: string) =>
  releases.flatMap(({ name, streams }) =>
    Object.keys(streams)
      .filter((stream) => stream.startsWith(`${category}-`))
      .map((stream) => ({ name, streams, stream })),
  );
const eventsOf = <E extends DomainEvent>(decoder: EventDecoder<E>, from: GoldenStreams, stream: string): readonly E[] =>
  readFrom(from, decoder, stream).map(({ event }) => event);

const ordersOf = (from: GoldenStreams, stream: string) =>
  [
    ...documentsOf(
      ordersProjection((email, code) => `${email} ${code}`),
      readFrom(from, only(registrationCodec, ...orderEventTypes), stream),
    ),
  ]
    // The number of its events is its own.
    .map(([id, document]) => [id, { ...document, version: 0 }]);

const remainingOf = ({ seatTypes, reservations }: SeatsAvailability) => ({
  seatTypes: new Map([...seatTypes].map(([id, { quota, remaining }]) => [id, { quota, remaining }])),
  // In V1 a reservation had an id of its own.
  reservations: [...reservations].map(([, reservation]) => reservation),
});

describe('An order that the original stored', () => {
  it.each(streamsOf('Order'))('is the order of today, in $name: $stream', ({ streams, stream }) => {
    const state = fold(order, eventsOf(orderCodec, streams, stream));
    expect(state).toEqual(fold(order, eventsOf(orderCodec, today, stream)));
    expect(state.state).toMatch(/^(confirmed|expired)$/);
  });

  it.each(streamsOf('Order'))('is the document of today, in $name: $stream', ({ streams, stream }) => {
    expect(ordersOf(streams, stream)).toEqual(ordersOf(today, stream));
    expect(ordersOf(streams, stream)).toHaveLength(1);
  });

  it('ORD-13: is confirmed by the OrderPaymentConfirmed of V1', () => {
    const [{ streams, stream } = expect.unreachable()] = streamsOf('Order');
    expect(streams[stream]?.at(-1)?.type).toBe('OrderPaymentConfirmed');
    expect(eventsOf(orderCodec, streams, stream).at(-1)?.type).toBe('OrderConfirmed');
  });

  it('PRC-3: costs what it cost, decimals half to even, in dollars where no currency was told', () => {
    const [{ streams, stream } = expect.unreachable()] = streamsOf('Order');
    const state = fold(order, eventsOf(orderCodec, streams, stream));
    if (state.state === 'not-placed') return expect.unreachable();
    expect(state.total).toEqual({ amount: 41134, currency: 'USD' });
    expect(state.items.map(({ unitPrice }) => unitPrice)).toEqual([19950, 1234]);
  });

  it('goes on: it can be asked what any order can be asked', () => {
    const [{ streams, stream } = expect.unreachable()] = streamsOf('Order');
    const state = fold(order, eventsOf(orderCodec, streams, stream).slice(0, 3));
    const [placed] = eventsOf(orderCodec, today, stream);
    if (placed?.type !== 'OrderPlaced') return expect.unreachable();
    const { orderId, conferenceId, items, currency, placedAt } = placed.data;
    expect(order.decide({ type: 'RegisterToConference', data: { orderId, conferenceId, items, currency, now: placedAt } }, state)).toEqual([
      { type: 'OrderUpdated', data: expect.objectContaining({ request: 2 }) },
      expect.objectContaining({ type: 'OrderTotalsCalculated' }),
    ]);
  });
});

describe('The availability that the original stored', () => {
  it.each(streamsOf('SeatsAvailability'))('is that of today, its quotas the sum of their differences, in $name', ({ streams, stream }) => {
    const state = fold(seatsAvailability, eventsOf(seatsAvailabilityCodec, streams, stream));
    expect(remainingOf(state)).toEqual(remainingOf(fold(seatsAvailability, eventsOf(seatsAvailabilityCodec, today, stream))));
    expect(remainingOf(state).seatTypes.get(workshop)).toEqual({ quota: 7, remaining: 5 });
  });

  it.each(streamsOf('SeatsAvailability'))('takes a quota of today, in $name', ({ streams, stream }) => {
    const state = fold(seatsAvailability, eventsOf(seatsAvailabilityCodec, streams, stream));
    const data = { conferenceId: 'c1', seatTypeId: workshop, quota: 20, asOf: 1 };
    expect(seatsAvailability.decide({ type: 'SetSeatQuota', data }, state)).toEqual([
      { type: 'AvailableSeatsChanged', data: { ...data, delta: 13 } },
    ]);
  });

  it.each(streamsOf('RegistrationInboxConference'))('is shown with its conference as today, in $name', ({ streams, stream }) => {
    const decoder = only(registrationCodec, ...conferenceEventTypes);
    const documents = (from: GoldenStreams) =>
      documentsOf(
        conferencesProjection,
        readFrom(from, decoder, stream, stream.replace('RegistrationInboxConference', 'SeatsAvailability')),
      );
    expect(documents(streams)).toEqual(documents(today));
    expect(documents(streams).size).toBe(1);
  });
});

describe('The seat assignments that the original stored', () => {
  it.each(streamsOf('SeatAssignments'))('are those of today, in $name', ({ streams, stream }) => {
    const state = fold(seatAssignments, eventsOf(seatAssignmentsCodec, streams, stream));
    expect(state).toEqual(fold(seatAssignments, eventsOf(seatAssignmentsCodec, today, stream)));
    expect(state.seats?.map(({ attendee }) => attendee?.lastName ?? null)).toEqual(['King', null, null]);
  });

  it.each(streamsOf('SeatAssignments'))('are the document of today, in $name', ({ streams, stream }) => {
    const documents = (from: GoldenStreams) =>
      documentsOf(orderSeatsProjection, readFrom(from, only(registrationCodec, ...seatAssignmentsTypes), stream));
    expect(documents(streams)).toEqual(documents(today));
    expect([...documents(streams).keys()]).toEqual([stream.slice('SeatAssignments-'.length)]);
  });
});

describe('The streams of the original', () => {
  const told = releases.flatMap(({ streams }) => Object.values(streams).flat());

  it('are kept as they were written', () => expect(goldenFaults(originalFolder)).toEqual([]));

  it('have an example of everything that is lifted, by every name that it had', () => {
    const lifted = Object.values(storedEvents).flatMap((events) =>
      Object.entries<{ readonly upcasters?: object; readonly formerNames?: readonly string[] }>(events).flatMap(
        ([type, { upcasters, formerNames = [] }]) => (upcasters === undefined ? [] : [type, ...formerNames]),
      ),
    );
    expect(lifted.filter((type) => !told.some((stored) => stored.type === type && stored.schemaVersion === 0))).toEqual([]);
    expect(lifted).toHaveLength(17);
  });

  it('are refused, not guessed, when a field is missing that is read', () => {
    const read = ['SourceId', 'ConferenceId', 'Seats', 'ReservationAutoExpiration', 'AccessCode', 'Total', 'Lines', 'ReservationId'];
    for (const { type, schemaVersion, data } of told)
      for (const field of Object.keys(data).filter((name) => read.includes(name))) {
        const damaged: JsonObject = Object.fromEntries(Object.entries(data).filter(([name]) => name !== field));
        expect(() => registrationCodec.decode({ type, schemaVersion, data: damaged }), `${type} without ${field}`).toThrow();
      }
  });

  it('can be published again: each event is a message that the contract accepts', () => {
    for (const { stream, streams } of ['Order', 'SeatsAvailability', 'SeatAssignments'].flatMap(streamsOf))
      for (const recorded of readFrom(streams, ownCodec, stream)) {
        const publication = publications.find(({ categories }) => categories.some((category) => stream.startsWith(`${category}-`)));
        const { type, data, schemaVersion } = publication?.publicForm(recorded) ?? expect.unreachable(stream);
        const contract = new Map<string, (typeof publicMessages)[keyof typeof publicMessages]>(Object.entries(publicMessages)).get(type);
        expect(contract?.schema.parse(data), type).toEqual(data);
        expect(schemaVersion).toBe(contract?.version);
      }
  });
});
