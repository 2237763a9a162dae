import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../free-port.ts';
import { isRunning } from '../processes.ts';
import { type EngineProcess, type EngineServer, lineOf, spawnEngine, startEngine } from './engine-server.ts';

/** A server that greets whoever connects. */
const program = (port: number, atStart = ''): string =>
  `${atStart};require('node:net').createServer((s) => s.end('hello')).listen(${port}, '127.0.0.1', () => console.log('ready'))`;
const engine = (port: number, options: Partial<EngineProcess> & { readonly atStart?: string } = {}): EngineProcess => ({
  name: 'the greeter',
  environment: { GREETER: `127.0.0.1:${port}` },
  spawn: () => spawnEngine(process.execPath, ['-e', program(port, options.atStart)]),
  ready: (child, signal) => lineOf(child, /ready/, signal),
  readyMsMax: 20_000,
  stopMsMax: 500,
  ...options,
});
const greeting = async (port: number, withinMs = 5_000): Promise<string> => {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const timeout = setTimeout(() => socket.destroy(new Error('silence')), withinMs);
    socket.on('data', (chunk) => resolve(String(chunk)));
    socket.on('error', (error) => resolve(error.message));
    socket.on('close', () => clearTimeout(timeout));
  });
};

let server: EngineServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
const started = async (options: Parameters<typeof engine>[1] = {}): Promise<{ readonly server: EngineServer; readonly port: number }> => {
  const port = await freePort();
  server = await startEngine(engine(port, options));
  return { server, port };
};

describe('the server of an engine', () => {
  it('answers when it is started, and is gone when it is stopped', async () => {
    let cleaned = 0;
    const { server: greeter, port } = await started({ stopped: () => (cleaned += 1) });
    expect(await greeting(port)).toBe('hello');
    expect(greeter.environment).toEqual({ GREETER: `127.0.0.1:${port}` });
    await greeter.stop();
    expect([isRunning(greeter.pid), cleaned]).toEqual([false, 1]);
  });

  it('is ended for good when it does not end by itself', async () => {
    const { server: greeter } = await started({ atStart: `process.on('SIGTERM', () => undefined)` });
    await greeter.stop();
    expect(isRunning(greeter.pid)).toBe(false);
  });

  it('is killed, and started again at the same address as another process', async () => {
    const { server: greeter, port } = await started();
    const first = greeter.pid;
    await greeter.kill();
    expect(isRunning(first)).toBe(false);
    expect(await greeting(port)).toContain('ECONNREFUSED');
    await greeter.restart();
    expect(await greeting(port)).toBe('hello');
    expect(greeter.pid).not.toBe(first);
  });

  it('answers nothing while it is paused, answers afterwards, and is stopped even when it is paused', async () => {
    const { server: greeter, port } = await started();
    greeter.pause();
    expect(await greeting(port, 200)).toBe('silence');
    greeter.resume();
    expect(await greeting(port)).toBe('hello');
    greeter.pause();
    await greeter.stop();
    expect(isRunning(greeter.pid)).toBe(false);
  });

  it('says how it died when nobody has ended it, and nothing when somebody has', async () => {
    const { server: greeter } = await started();
    await greeter.kill();
    await greeter.restart();
    expect(await Promise.race([greeter.died, sleep(50, 'nothing')])).toBe('nothing');
    process.kill(greeter.pid, 'SIGKILL');
    expect(await greeter.died).toBe('the greeter was ended by SIGKILL');
  });

  it('is refused with its last line when it ends while it starts, and with one line when it never answers or is not there', async () => {
    await expect(started({ atStart: `console.error('no such folder'); process.exit(3)` })).rejects.toThrow(
      'the greeter ended with exit code 3 while it started: no such folder',
    );
    const silent = spawnEngine.bind(undefined, process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    let child: ReturnType<typeof spawnEngine> | undefined;
    const never = started({ readyMsMax: 300, spawn: () => (child = silent()) });
    await expect(never).rejects.toThrow('the greeter was not ready in 0.3 s');
    expect(isRunning(child?.pid ?? 0)).toBe(false);
    await expect(started({ spawn: () => spawnEngine('no-such-program-anywhere', []) })).rejects.toThrow('the greeter');
  });
});
