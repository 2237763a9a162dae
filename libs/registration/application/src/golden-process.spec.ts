import type { StreamName } from '@conference/kernel';
import { registration } from '@conference/registration-domain';
import { documentsOf, type GoldenFile, goldenFaults, goldenFiles, missingGoldenFiles, readFrom } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { processDecoder, processesProjection } from './read-models/processes.ts';

const folder = new URL('../golden/process/', import.meta.url);
const files = goldenFiles(folder);
const named = (name: string): GoldenFile => files.find(({ file }) => file === `InputHandled.v1${name}.json`) ?? expect.unreachable(name);

const orderId = '0f2d1c3b-4a59-4687-8a96-b5c4d3e2f101';
const stream = `${registration.name}-${orderId}` as StreamName;
const documentAfter = (...inputs: readonly string[]) =>
  documentsOf(processesProjection, readFrom({ [stream]: inputs.map(named) }, processDecoder, stream)).get(orderId);

describe('What the registration process stored of its inputs', () => {
  it('has samples, and they stay as they were written', () => {
    expect(missingGoldenFiles(folder, { InputHandled: 1 })).toEqual([]);
    expect(goldenFaults(folder)).toEqual([]);
  });

  it.each(files)('is read as what it says: $file', ({ type, schemaVersion, data }) =>
    expect(processDecoder.decode({ type, schemaVersion, data })).toEqual({ type, data }),
  );

  it('is refused from a later release', () => {
    const { type, data } = named('');
    expect(() => processDecoder.decode({ type, schemaVersion: 2, data })).toThrow('this release knows');
  });

  it.each([
    [[''], 'awaiting-reservation', ['release']],
    [['.placed-without-its-end'], 'awaiting-reservation', ['release']],
    [['', '.seats-reserved'], 'reservation-received', ['release']],
    [['', '.seats-reserved', '.payment-completed'], 'confirming', ['release']],
    [['', '.seats-reserved', '.payment-completed', '.command-rejected'], 'reservation-received', ['release']],
    [['', '.seats-reserved', '.payment-completed', '.order-confirmed'], 'confirmed', []],
    [['', '.deadline-reached'], 'awaiting-reservation', []],
  ])('leads where it led: %j to %s', (inputs, state, deadlines) => {
    const document = documentAfter(...inputs);
    expect(document?.state).toBe(state);
    expect(Object.keys(document?.deadlines ?? {})).toEqual(deadlines);
  });

  it('is the same to a process whichever release wrote it down', () =>
    expect(documentAfter('.placed-without-its-end')).toEqual(documentAfter('')));
});
