import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
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
  /** Returns when everything added is on the disk. Throws when it is not: then nobody knows what is there, and the process must end. */
  sync(): void;
  close(): void;
}

/** Of what follows the header: its length and its checksum. */
const headerBytes = 8;

/** `<folder>/events.log`, made when it is missing. One process at a time. */
export const openJournal = (folder: string): Journal => {
  mkdirSync(folder, { recursive: true });
  const file = openSync(join(folder, 'events.log'), 'a+');
  syncFolder(folder);
  const bytes = readFileSync(file);
  const { records, end } = recordsIn(bytes);
  if (end < bytes.length) ftruncateSync(file, end);
  fdatasyncSync(file);
  let added: Buffer[] = [];
  return {
    records,
    tornBytes: bytes.length - end,
    add: (record) => void added.push(encoded(record)),
    sync() {
      if (added.length === 0) return;
      const written = Buffer.concat(added);
      added = [];
      for (let start = 0; start < written.length; ) start += writeSync(file, written, start);
      fdatasyncSync(file);
    },
    close: () => closeSync(file),
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
