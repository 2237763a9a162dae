import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Instant, origin, type StreamName } from '@conference/kernel';
import type { StoredEvent, Timer } from '@conference/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolderInUse, lockDataFolder } from './data-lock.ts';
import { sqliteEventStore } from './event-store.ts';

const clock: Timer = { now: () => '2027-05-02T09:00:00.000Z' as Instant, sleep: (milliseconds) => setTimeout(milliseconds) };

describe('a process that is killed', () => {
  let folder = '';
  let child: ChildProcessByStdio<null, Readable, null> | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'crash-'));
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const start = (fixture: string, argument: string) => {
    const script = fileURLToPath(new URL(`./fixtures/${fixture}.ts`, import.meta.url));
    child = spawn(process.execPath, [script, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
    return child;
  };
  /** Kills it after so many lines, in the middle of whatever it does, and gives every whole line it wrote until then. */
  const linesUntilKilled = async (running: ChildProcessByStdio<null, Readable, null>, count: number): Promise<readonly string[]> => {
    const exit = once(running, 'exit');
    const lines: string[] = [];
    for await (const line of createInterface({ input: running.stdout })) {
      lines.push(line);
      if (lines.length === count) running.kill('SIGKILL');
    }
    expect(await exit).toEqual([null, 'SIGKILL']);
    return lines;
  };

  it('has lost nothing of what it acknowledged, and half of nothing', { timeout: 30_000 }, async () => {
    const path = join(folder, 'events.db');
    for (let round = 1; round <= 2; round += 1) {
      const acknowledged = await linesUntilKilled(start('append-without-end', path), 400 * round);
      expect(acknowledged.length).toBeGreaterThanOrEqual(400 * round);
      const store = sqliteEventStore({ path, clock });
      const streams = new Map<string, StoredEvent[]>();
      let count = 0;
      for await (const { events, caughtUp } of store.subscribeToAll({ after: origin, signal: new AbortController().signal })) {
        for (const event of events) {
          count += 1;
          expect(Number(event.position)).toBe(count);
          streams.set(event.streamName, [...(streams.get(event.streamName) ?? []), event]);
        }
        if (caughtUp) break;
      }
      for (const line of acknowledged) {
        const [stream = '', version, position, eventId] = line.split(' ');
        expect(streams.get(stream)?.[Number(version)]).toMatchObject({ eventId, position, streamVersion: Number(version) });
      }
      for (const [stream, events] of streams) {
        expect(events.map((event) => event.streamVersion)).toEqual(events.map((_, version) => version));
        expect(events.length % 2).toBe(0);
        const result = await store.append(stream as StreamName, 'no-stream', events.slice(0, 2));
        expect(result).toMatchObject({ status: 'appended', streamVersion: 1 });
      }
      await store.close();
    }
  });

  it('holds the lock of its data folder until then, and no longer', { timeout: 30_000 }, async () => {
    const holder = start('hold-data-lock', folder);
    await once(holder.stdout, 'data');
    expect(() => lockDataFolder(folder, 'registration')).toThrow(DataFolderInUse);
    expect(() => lockDataFolder(folder, 'registration')).toThrow(
      `the data folder ${folder} is in use: another registration is running on it`,
    );
    lockDataFolder(folder, 'payments')();
    const exit = once(holder, 'exit');
    holder.kill('SIGKILL');
    await exit;
    lockDataFolder(folder, 'registration')();
  });
});

describe('the lock of a data folder', () => {
  let folder = '';
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'lock-')), 'data');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  it('makes the folder, is refused a second time, and may be released twice', () => {
    const release = lockDataFolder(folder, 'payments');
    expect(() => lockDataFolder(folder, 'payments')).toThrow(DataFolderInUse);
    release();
    release();
    const again = lockDataFolder(folder, 'payments');
    expect(() => lockDataFolder(folder, 'payments')).toThrow(DataFolderInUse);
    again();
  });
});
