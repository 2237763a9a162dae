// What the runtime itself stored: of parked messages, and of what process managers decided.
import { fold, type JsonObject, streamName } from '@conference/kernel';
import {
  documentsOf,
  type GoldenFile,
  goldenFaults,
  goldenFiles,
  incomplete,
  missingGoldenFiles,
  readFrom,
} from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { parkedMessages, parkedMessagesCodec, parkedMessagesProjection } from './parking/parked-messages.ts';
import { deadlinesOf, processEventCodec } from './process-manager-runner.ts';

const folder = new URL('../golden/', import.meta.url);
const files = goldenFiles(folder);
const ofParking = files.filter(({ type }) => type.startsWith('Message'));
const ofProcesses = files.filter(({ type }) => type === 'InputHandled');
const parked = ofParking.filter(({ type }) => type === 'MessageParked');
const codecOf = ({ type }: GoldenFile) => (type === 'InputHandled' ? processEventCodec() : parkedMessagesCodec);

describe('Every version of an event that the runtime ever stored', () => {
  it('has a file of its own, which stays as it was written', () => {
    expect(missingGoldenFiles(folder, { InputHandled: 1, MessageParked: 1, MessageRetried: 1, MessageSkipped: 1 })).toEqual([]);
    expect(goldenFaults(folder)).toEqual([]);
  });

  it.each(files)('is read as what it says, and written as it is read: $file', (file) => {
    const { type, schemaVersion, data } = file;
    const event = codecOf(file).decode({ type, schemaVersion, data });
    expect(event).toEqual({ type, data });
    expect(ofParking.length + ofProcesses.length).toBe(files.length);
  });

  it.each(files)('is refused from a later release: $file', (file) =>
    expect(() => codecOf(file).decode({ type: file.type, schemaVersion: 2, data: file.data })).toThrow('malformed'),
  );
});

describe('What was stored of parked messages', () => {
  const stream = streamName('SpecParked', 'one');
  const shownAfter = (...stored: readonly GoldenFile[]) => [
    ...documentsOf(parkedMessagesProjection('SpecParked'), readFrom({ [stream]: stored }, parkedMessagesCodec, stream)).values(),
  ];

  it.each(parked)('is shown as what it says, without its content: $file', (file) => {
    const { content, ...shown } = file.data;
    expect(shownAfter(file)).toEqual([{ ...shown, kind: (content as { readonly kind: string }).kind }]);
  });

  it.each(ofParking.filter((file) => !parked.includes(file)))('is shown no more when it was dealt with: $file', (file) => {
    const before = parked.filter(({ data }) => data['id'] === file.data['id']);
    expect(shownAfter(...before)).toHaveLength(1);
    expect(shownAfter(...before, file)).toEqual([]);
  });

  it('is what an operator decides on', () => {
    const events = ofParking.flatMap((stored) => parkedMessagesCodec.decode(stored) ?? []);
    const statuses = [...fold(parkedMessages, events)].map(([, { status }]) => status);
    expect(statuses.toSorted()).toEqual(['parked', 'retried', 'skipped']);
  });

  it.each(ofParking)('is refused with a field of it missing: $file', ({ type, schemaVersion, data }) => {
    const own = incomplete(data).filter((damaged) => Object.keys(damaged as JsonObject).length < Object.keys(data).length);
    const required = own.filter((damaged) => 'type' in (damaged as JsonObject) || type !== 'MessageParked');
    for (const damaged of required)
      expect(() => parkedMessagesCodec.decode({ type, schemaVersion, data: damaged as JsonObject }), JSON.stringify(damaged)).toThrow(
        'malformed',
      );
  });
});

describe('What was stored of a process manager’s decisions', () => {
  it.each(ofProcesses)('has its deadlines: $file', (stored) => {
    const stream = streamName('Tab', 't');
    const documents = documentsOf(deadlinesOf('Tab'), readFrom({ [stream]: [stored] }, processEventCodec(), stream));
    expect([...documents.entries()]).toEqual([
      ['t/closing', expect.objectContaining({ deadline: 'closing', dueAt: '2027-03-01T10:00:00.000Z' })],
    ]);
  });

  it.each(ofProcesses)('is refused without what was decided: $file', ({ type, schemaVersion, data }) => {
    for (const field of ['input', 'commands', 'deadlines']) {
      const damaged = Object.fromEntries(Object.entries(data).filter(([name]) => name !== field));
      expect(() => processEventCodec().decode({ type, schemaVersion, data: damaged }), field).toThrow('malformed');
    }
  });
});
