// The original published what it stored: what had to be paid then has to be paid today.
import { only } from '@conference/runtime';
import { documentsOf, type GoldenStreams, goldenStreams, readFrom } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { paymentsCodec } from './catalog.ts';
import { payableOrderEventTypes, payableOrdersProjection } from './read-models/payable-orders.ts';

const release = (name: string): GoldenStreams =>
  goldenStreams(new URL(`../../../registration/application/golden/original/${name}.json`, import.meta.url));
const orderOf = (name: string, stream: string) => [
  ...documentsOf(payableOrdersProjection, readFrom(release(name), only(paymentsCodec, ...payableOrderEventTypes), stream)),
];

const orders = ['V1', 'V2', 'V3'].flatMap((name) =>
  Object.keys(release(name))
    .filter((stream) => stream.startsWith('Order-'))
    .map((stream) => ({ name, stream })),
);

describe('An order that the original told of', () => {
  it.each(orders)('has to be paid as today, in $name: $stream', ({ name, stream }) => {
    expect(orderOf(name, stream)).toEqual(orderOf('today', stream));
    expect(orderOf(name, stream)).toHaveLength(1);
  });
});
