import type { Logger } from 'pino';
import { startupProblems } from './startup-failure.ts';

/** A started service, and how it ends. */
export type RunningService = {
  /** `http://127.0.0.1:4002` */
  readonly url: string;
  /**
   * In this order, each awaited before the next: HTTP first (no new work), then consumers, projections, and the stores
   * last. One that fails is logged and does not keep the others from closing.
   */
  readonly closing: readonly { readonly name: string; readonly close: () => Promise<void> }[];
};

/** The process, as far as it is needed; another one in tests. */
export type ServiceProcess = {
  readonly once: (event: 'SIGTERM' | 'SIGINT', listener: () => void) => void;
  readonly onUnhandled: (listener: (error: unknown) => void) => void;
  readonly exit: (code: number) => void;
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
  /** Calls back after a time, without keeping the process alive for it. */
  readonly after: (milliseconds: number, call: () => void) => void;
};

/** Below the 10 s that an operator is promised, since what started us has to end as well. */
export const shutdownMsMax = 9_000;

const thisProcess: ServiceProcess = {
  // Later signals are ignored: Ctrl-C reaches a service twice, from the terminal and from what started it.
  once: (event, listener) => void process.on(event, listener),
  onUnhandled: (listener) => {
    process.on('unhandledRejection', listener);
    process.on('uncaughtException', listener);
  },
  exit: (code) => process.exit(code),
  stdout: (line) => void process.stdout.write(`${line}\n`),
  stderr: (line) => void process.stderr.write(`${line}\n`),
  after: (milliseconds, call) => void setTimeout(call, milliseconds).unref(),
};

export type RunServiceOptions = {
  readonly name: string;
  /** Absent while the configuration is not read yet. */
  readonly logger: () => Logger | undefined;
  readonly start: () => Promise<RunningService>;
  readonly process?: ServiceProcess;
};

const closeAll = async (service: RunningService, log: (error: unknown, message: string) => void): Promise<boolean> => {
  let clean = true;
  for (const { name, close } of service.closing) {
    try {
      await close();
    } catch (error) {
      clean = false;
      log(error, `${name} did not close cleanly`);
    }
  }
  return clean;
};

/**
 * Runs a service until SIGTERM or SIGINT, then closes it in order; a signal during the start is obeyed as soon as the start
 * is over. Ends with 0 after a clean close, else with 1: after {@link shutdownMsMax}, on anything unexpected (crash-only:
 * a restart is always safe), and when the start fails. What an operator can mend is one line a problem on stderr.
 */
export const runService = async (options: RunServiceOptions): Promise<void> => {
  const { name, logger, start, process: host = thisProcess } = options;
  let ended = false;
  const end = (code: number): void => {
    if (ended) return;
    ended = true;
    host.exit(code);
  };
  const logError = (error: unknown, message: string): void => {
    const log = logger();
    if (log !== undefined) log.fatal({ err: error }, message);
    else host.stderr(`${name}: ${message}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
  host.onUnhandled((error) => {
    logError(error, 'unexpected failure');
    end(1);
  });
  const asked = new Promise<void>((resolve) => {
    const stop = (): void => {
      host.after(shutdownMsMax, () => {
        logError(new Error(`not closed within ${shutdownMsMax} ms`), 'gave up closing');
        end(1);
      });
      resolve();
    };
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      host.once(signal, () => {
        if (stopping) return;
        stopping = true;
        stop();
      });
    }
  });
  const service = await Promise.resolve()
    .then(start)
    .catch((error: unknown) => {
      const problems = startupProblems(error);
      if (problems === undefined) logError(error, 'could not start');
      else for (const problem of problems) host.stderr(`${name}: ${problem}`);
      end(1);
    });
  if (service === undefined) return;
  host.stdout(`${name} ready at ${service.url} (docs at /docs)`);
  await asked;
  end((await closeAll(service, logError)) ? 0 : 1);
};
