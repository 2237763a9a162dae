import { storedEventsOf } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import {
  orderCodec,
  ownCodec,
  ownSchemaVersions,
  refundCodec,
  registrationCodec,
  seatAssignmentsCodec,
  seatsAvailabilityCodec,
} from './catalog.ts';
import { golden, goldenFolder, sampleEvents } from './golden.fixture.ts';

storedEventsOf({ context: 'registration', golden: goldenFolder, codec: ownCodec, versions: ownSchemaVersions });

describe('What registration writes today', () => {
  it.each(golden)('is read alike by who reads the neighbours’ messages too: $file', ({ type, schemaVersion, data }) => {
    expect(registrationCodec.decode({ type, schemaVersion, data })).toEqual({ type, data });
  });

  it.each(sampleEvents)('belongs to one kind of stream: $type', (event) => {
    const stored = ownCodec.encode(event);
    const owners = [orderCodec, seatsAvailabilityCodec, seatAssignmentsCodec, refundCodec].filter(
      (codec) => codec.decode({ ...stored }) !== undefined,
    );
    expect(owners).toHaveLength(1);
  });

  it('is not written when it could not be read', () => {
    const placed = sampleEvents.find(({ type }) => type === 'OrderPlaced');
    if (placed?.type !== 'OrderPlaced') return expect.unreachable();
    const { data } = placed;
    expect(() => ownCodec.encode({ type: 'OrderPlaced', data: { ...data, request: 0 } })).toThrow('malformed');
    expect(() =>
      ownCodec.encode({ type: 'OrderPlaced', data: { ...data, items: data.items.map((item) => ({ ...item, unitPrice: 0.5 })) } }),
    ).toThrow('malformed');
  });
});
