import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logLines } from './example-server.fixture.ts';
import { createLogger } from './logger.ts';
import { type RunningService, runService, type ServiceProcess, shutdownMsMax } from './run-service.ts';
import { ConfigurationError } from './startup-failure.ts';

const fixture = join(import.meta.dirname, 'run-service.fixture.ts');

/** Runs the fixture as a process; `onReady` is called with it once it says that it is ready. */
const run = (args: readonly string[], onReady: (kill: (signal: NodeJS.Signals) => void) => void = () => {}) =>
  new Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [fixture, ...args]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      const wasReady = stdout.includes('ready at');
      stdout += chunk;
      if (!wasReady && stdout.includes('ready at')) onReady((signal) => child.kill(signal));
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });

describe('a service as a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('says that it is ready, and after %s closes in order and ends with 0', async (signal) => {
    const { code, stdout, stderr } = await run(['well'], (kill) => {
      kill(signal);
      kill(signal);
    });
    expect(stdout.split('\n')).toEqual(['fixture ready at http://127.0.0.1:0 (docs at /docs)', 'closed consumers', 'closed stores', '']);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('says one line a problem of its configuration, and ends with 1', async () => {
    const { code, stdout, stderr } = await run(['misconfigured']);
    expect([code, stdout, stderr]).toEqual([1, '', 'fixture: HOST must be set\nfixture: PORT must be set\n']);
  });

  it('says in one line that its port is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, stderr } = await run(['well', String(port)]);
    other.close();
    expect(stderr).toBe(
      `fixture: The address 127.0.0.1:${port} is in use: is the service running already? Stop it, or set another port.\n`,
    );
    expect(code).toBe(1);
  });

  it.each([
    ['broken', 'could not start', 'a bug at the start'],
    ['rejecting', 'unexpected failure', 'nobody caught this'],
  ])('that is %s logs what happened and ends with 1', async (mode, msg, message) => {
    const { code, stdout } = await run([mode]);
    const line = stdout.split('\n').find((text) => text.startsWith('{')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ level: 'fatal', msg, err: { message } });
    expect(code).toBe(1);
  });
});

/** A process that does nothing by itself. */
const manualProcess = () => {
  const listeners = new Map<string, () => void>();
  const timers: { readonly milliseconds: number; readonly call: () => void }[] = [];
  const codes: number[] = [];
  const lines: string[] = [];
  const process: ServiceProcess = {
    once: (event, listener) => void listeners.set(event, listener),
    onUnhandled: () => {},
    exit: (code) => void codes.push(code),
    stdout: (line) => void lines.push(line),
    stderr: (line) => void lines.push(line),
    after: (milliseconds, call) => void timers.push({ milliseconds, call }),
  };
  return { process, signal: (name: 'SIGTERM' | 'SIGINT') => listeners.get(name)?.(), timers, codes, lines };
};

describe('the end of a service', () => {
  const start = (closing: RunningService['closing']) => {
    const host = manualProcess();
    const log = logLines();
    const logger = createLogger({ service: 's', level: 'info' }, log.stream);
    const ended = runService({ name: 's', logger: () => logger, process: host.process, start: async () => ({ url: 'http://x', closing }) });
    return { ...host, log, ended };
  };

  it('goes on closing when one part fails, and is then 1', async () => {
    const closed: string[] = [];
    const part = (name: string, fails = false) => ({
      name,
      close: async () => {
        if (fails) throw new Error(`${name} is stuck`);
        closed.push(name);
      },
    });
    const { signal, ended, codes, log } = start([part('http'), part('consumers', true), part('stores')]);
    signal('SIGTERM');
    await ended;
    expect([closed, codes]).toEqual([['http', 'stores'], [1]]);
    expect(log.lines()[0]).toMatchObject({ msg: 'consumers did not close cleanly' });
  });

  it('comes by force when closing takes longer than it may', async () => {
    const { signal, timers, codes, log } = start([{ name: 'http', close: () => new Promise(() => {}) }]);
    signal('SIGINT');
    expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([shutdownMsMax]);
    expect(codes).toEqual([]);
    timers[0]?.call();
    expect(codes).toEqual([1]);
    expect(log.lines()[0]).toMatchObject({ msg: 'gave up closing' });
  });

  it('follows a signal that came during the start, and only once', async () => {
    const { signal, timers, ended, codes } = start([]);
    signal('SIGTERM');
    signal('SIGINT');
    signal('SIGTERM');
    await ended;
    expect([codes, timers.length]).toEqual([[0], 1]);
  });

  it('is plain text on stderr before there is a logger', async () => {
    const host = manualProcess();
    await runService({ name: 's', logger: () => undefined, process: host.process, start: () => Promise.reject(new Error('a bug')) });
    expect(host.codes).toEqual([1]);
    expect(host.lines[0]).toMatch(/^s: could not start: Error: a bug\n/);
  });

  it('is without a stack when the configuration is wrong', async () => {
    const host = manualProcess();
    const start = () => Promise.reject(new ConfigurationError(['HOST must be set']));
    await runService({ name: 's', logger: () => undefined, process: host.process, start });
    expect([host.codes, host.lines]).toEqual([[1], ['s: HOST must be set']]);
  });
});
