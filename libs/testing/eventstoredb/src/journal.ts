import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { AppendRecord } from './log.ts';

/** The log on the disk: one record for each append, whole or not there. */
export interface Journal {
  /** What was there when it was opened. */
  readonly records: Iterable<AppendRecord>;
  /** Bytes of a record that was not finished, cut off when it was opened. */
  readonly tornBytes: number;
  /** Written with the next {@link sync}. */
  add(record: AppendRecord): void;
  /** How many have been added. */
  added(): number;
  /** Resolves when everything added before is on the disk; one at a time. Rejects when it is not: nobody knows what is there then. */
  sync(): Promise<void>;
  /** After the write that is under way; there must be none after it. */
  close(): Promise<void>;
}

/** Of what follows the header: its length and its checksum. */
const headerBytes = 8;

/** `<folder>/events.log`, made when it is missing. One process at a time. */
export const openJournal = async (folder: string): Promise<Journal> => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'events.log');
  const file = await open(path, 'a');
  syncFolder(folder);
  const bytes = await readFile(path);
  const { records, end } = recordsIn(bytes);
  if (end < bytes.length) await file.truncate(end);
  await file.datasync();
  let waiting: Buffer[] = [];
  let added = 0;
  let syncing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const written = Buffer.concat(waiting);
    waiting = [];
    await file.appendFile(written);
    await file.datasync();
  };
  return {
    records,
    tornBytes: bytes.length - end,
    add(record) {
      waiting.push(encoded(record));
      added += 1;
    },
    added: () => added,
    sync() {
      syncing = write();
      return syncing;
    },
    async close() {
      await syncing.catch(() => undefined);
      await file.close();
    },
  };
};

/** So that the file's name is on the disk too. */
const syncFolder = (folder: string): void => {
  const opened = openSync(folder, 'r');
  fsyncSync(opened);
  closeSync(opened);
};

const encoded = ({ stream, messages }: AppendRecord): Buffer => {
  const parts = [Buffer.from(stream, 'utf8'), ...messages].flatMap((part) => [lengthOf(part), part]);
  const content = Buffer.concat(parts);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(content.length, 0);
  header.writeUInt32LE(crc32(content), 4);
  return Buffer.concat([header, content]);
};
const lengthOf = ({ length }: Uint8Array): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length);
  return bytes;
};

const recordsIn = (bytes: Buffer): { readonly records: readonly AppendRecord[]; readonly end: number } => {
  const records: AppendRecord[] = [];
  let end = 0;
  while (end + headerBytes <= bytes.length) {
    const content = bytes.subarray(end + headerBytes, end + headerBytes + bytes.readUInt32LE(end));
    if (content.length === 0 || content.length < bytes.readUInt32LE(end) || crc32(content) !== bytes.readUInt32LE(end + 4)) break;
    records.push(decoded(content));
    end += headerBytes + content.length;
  }
  return { records, end };
};

const decoded = (content: Buffer): AppendRecord => {
  const parts: Buffer[] = [];
  for (let at = 0; at < content.length; ) {
    const length = content.readUInt32LE(at);
    parts.push(content.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const [stream, ...messages] = parts;
  return { stream: stream?.toString('utf8') ?? '', messages };
};
