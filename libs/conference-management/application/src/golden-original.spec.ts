// The original published what it stored: its organisers' orders are those of today.
import { only } from '@conference/runtime';
import { documentsOf, type GoldenStreams, goldenStreams, readFrom } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { conferenceManagementCodec } from './catalog.ts';
import { conferenceOrderEventTypes, conferenceOrdersProjection } from './read-models/conference-orders.ts';

const release = (name: string): GoldenStreams =>
  goldenStreams(new URL(`../../../registration/application/golden/original/${name}.json`, import.meta.url));
const orderOf = (name: string, stream: string) => [
  ...documentsOf(
    conferenceOrdersProjection,
    readFrom(release(name), only(conferenceManagementCodec, ...conferenceOrderEventTypes), stream),
  ),
];

const orders = ['V1', 'V2', 'V3'].flatMap((name) =>
  Object.keys(release(name))
    .filter((stream) => stream.startsWith('Order-'))
    .map((stream) => ({ name, stream })),
);

describe('An order that the original told of', () => {
  it.each(orders)('is to its organiser the order of today, in $name: $stream', ({ name, stream }) => {
    expect(orderOf(name, stream)).toEqual(orderOf('today', stream));
    expect(orderOf(name, stream)).toHaveLength(1);
  });
});
