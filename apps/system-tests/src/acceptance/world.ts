/** What a scenario has got to know so far. A scenario has a world of its own, and a conference of its own in it. */
import type { Held, OpenSeatType, Order, RequestRefused } from '@conference/tools';
import type { StartedSystem } from '../system.fixture.ts';

/** Seconds of a reservation, and of its grace. */
export type ReservationTime = { readonly reservationSeconds: number; readonly graceSeconds: number };

/** The services, by how long their reservations last; started when they are asked for first, and shared by all scenarios. */
export interface Services {
  lasting(): Promise<StartedSystem>;
  brief(): Promise<StartedSystem & ReservationTime>;
}

/** A conference as its organiser knows it. */
export type Conference = Held & { readonly slug: string; readonly accessCode: string; readonly seatTypes: readonly OpenSeatType[] };

/** Something that one sentence tells and another one needs. */
export interface Fact<Value> {
  /** Throws when no sentence has told it yet. */
  get(): Value;
  set(value: Value): void;
}

const fact = <Value>(what: string): Fact<Value> => {
  let known: { readonly value: Value } | undefined;
  return {
    get: () => {
      if (known === undefined) throw new Error(`no sentence before this one tells of ${what}`);
      return known.value;
    },
    set: (value) => {
      known = { value };
    },
  };
};

export const newWorld = (services: Services, running: StartedSystem) => {
  const facts = {
    running: fact<StartedSystem>('running services'),
    conference: fact<Conference>('a conference'),
    /** Several, all as important. */
    conferences: fact<readonly Conference[]>('several conferences'),
    /** The organiser who came back: a token that another session has given. */
    returned: fact<Held>('an organiser who came back'),
    /** The registrant's order. */
    order: fact<Held>('an order'),
    /** The order as the registrant found it again. */
    found: fact<Order>('an order that was found again'),
    payment: fact<Held>('a payment'),
    refusal: fact<RequestRefused>('a refusal'),
    /** The orders of a crowd. */
    crowd: fact<readonly Held[]>('a crowd'),
  };
  facts.running.set(running);
  return { services, ...facts };
};
export type World = ReturnType<typeof newWorld>;
