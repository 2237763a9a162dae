import { parseArgs } from 'node:util';
import { startControl } from './control.ts';
import { startEventStoreDouble } from './double.ts';

/** The ports are 0 by default: ones that are free. Without a folder the log is in memory. */
const options = { port: { type: 'string' }, 'control-port': { type: 'string' }, data: { type: 'string' } } as const;

/**
 * The double as the work of a process, `[--port <n>] [--control-port <n>] [--data <folder>]`: prints its two addresses as
 * `EVENTSTORE_URL=…` and `CONTROL_URL=…`, and ends with SIGTERM and SIGINT, and when whoever started it with a channel to it is gone.
 * Where it cannot begin it says why and ends with 1.
 */
export const runEventStoreProcess = async (args: readonly string[]): Promise<{ stop(): void }> => {
  try {
    return await run(args);
  } catch (error) {
    complain(error);
    process.exit(1);
  }
};

const run = async (args: readonly string[]): Promise<{ stop(): void }> => {
  const { values } = parseArgs({ args: [...args], options });
  const double = await startEventStoreDouble({
    port: Number(values.port ?? 0),
    ...(values.data === undefined ? {} : { dataDir: values.data }),
    onDiskFailure(error) {
      complain(error);
      process.exit(1);
    },
  });
  const control = await startControl(double, Number(values['control-port'] ?? 0));
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await control.close();
    await double.close();
    process.exit(0);
  };
  for (const ending of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(ending, () => void stop());
  process.stdout.write(`EVENTSTORE_URL=${double.url}\nCONTROL_URL=${control.url}\n`);
  return { stop: () => void stop() };
};

const complain = (error: unknown): void => void process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
