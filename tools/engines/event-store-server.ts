import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface EventStoreServer {
  /** For `EVENTSTORE_URL`. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process has ended. */
  stop(): Promise<void>;
}

const startMsMax = 20_000;
const stopMsMax = 5_000;
const program = join(import.meta.dirname, 'event-store-process.ts');

/** Starts the double of EventStoreDB as a process of its own, on loopback; `port` 0 takes one that is free. Throws when it does not. */
export const startEventStoreServer = async ({ port = 0 }: { readonly port?: number } = {}): Promise<EventStoreServer> => {
  const child = spawn(process.execPath, [program, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { stdout, pid } = child;
  if (pid === undefined) throw new Error('the double of EventStoreDB cannot be started');
  try {
    const lines = createInterface({ input: stdout });
    const [line] = await Promise.race([
      once(lines, 'line', { signal: AbortSignal.timeout(startMsMax) }),
      once(child, 'exit').then(([code]) => {
        throw new Error(`the double of EventStoreDB ended with code ${code} before it listened`);
      }),
    ]);
    return { url: String(line).replace('EVENTSTORE_URL=', ''), pid, stop: () => stopped(child) };
  } catch (error) {
    await stopped(child);
    throw error;
  }
};

const stopped = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
  await exit;
  clearTimeout(kill);
};
