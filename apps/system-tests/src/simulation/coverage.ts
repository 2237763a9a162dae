import { categoryOf } from '@conference/kernel';
import type { SystemFacts } from '@conference/tools';
import type { World } from './world.ts';

/** How often it has come to what a run is there to try. */
export interface Coverage {
  readonly placed: number;
  readonly confirmed: number;
  readonly confirmedFree: number;
  readonly confirmedLate: number;
  readonly expired: number;
  readonly cancelled: number;
  readonly chosenAgain: number;
  readonly partlyReserved: number;
  readonly refunded: number;
  readonly rejectedPayments: number;
  readonly refusedCommands: number;
  readonly oversold: number;
  readonly assigned: number;
  readonly restarts: number;
}

const none: Coverage = {
  placed: 0,
  confirmed: 0,
  confirmedFree: 0,
  confirmedLate: 0,
  expired: 0,
  cancelled: 0,
  chosenAgain: 0,
  partlyReserved: 0,
  refunded: 0,
  rejectedPayments: 0,
  refusedCommands: 0,
  oversold: 0,
  assigned: 0,
  restarts: 0,
};

export const coverageOf = ({ hosts, registration, payments }: World, { recorded }: SystemFacts): Coverage => {
  const own = registration.events.events.filter(({ streamName }) => !categoryOf(streamName).includes('Inbox'));
  const count = (type: string, events = own): number => events.filter((event) => event.type === type).length;
  const paid = payments.events.events;
  const confirmations = own.filter(({ type }) => type === 'OrderConfirmed');
  return {
    placed: count('OrderPlaced'),
    confirmed: confirmations.length,
    confirmedFree: confirmations.filter(({ data }) => data['paymentId'] === null).length,
    confirmedLate: confirmations.filter(({ data }) => data['late'] === true).length,
    expired: count('OrderExpired'),
    cancelled: count('OrderCancelled'),
    chosenAgain: count('OrderUpdated'),
    partlyReserved: count('OrderPartiallyReserved'),
    refunded: count('PaymentRefunded', paid),
    rejectedPayments: count('PaymentRejected', paid),
    refusedCommands: own.filter(({ type, data }) => type === 'InputHandled' && JSON.stringify(data['input']).includes('"CommandRejected"'))
      .length,
    oversold: (recorded?.seatsChanges ?? []).filter(({ remaining }) => remaining < 0).length,
    assigned: count('SeatAssigned'),
    restarts: hosts.reduce((sum, { service }) => sum + service.starts - 2, 0),
  };
};

export const sumOf = (all: readonly Coverage[]): Coverage => {
  const keys = Object.keys(none) as (keyof Coverage)[];
  return Object.fromEntries(keys.map((key) => [key, all.reduce((sum, one) => sum + one[key], 0)])) as Record<keyof Coverage, number>;
};
