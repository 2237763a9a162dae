import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRunning, parentOf, parseStat } from './processes.ts';

const idle = ['-e', 'setInterval(() => {}, 1000)'];
const module_ = join(import.meta.dirname, 'processes.ts');

describe('the processes of this machine', () => {
  it('are read from /proc even when the name holds spaces and parentheses', () => {
    expect(parseStat('4711 (a) b (c) S 42 4711 4711')).toEqual({ parent: 42, ended: false });
    expect(parseStat('4711 (node) Z 1 4711 4711')).toEqual({ parent: 1, ended: true });
  });

  it('are running until they have ended', async () => {
    const child = spawn(process.execPath, idle);
    await once(child, 'spawn');
    const pid = Number(child.pid);
    expect([isRunning(pid), parentOf(pid)]).toEqual([true, process.pid]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isRunning(pid)).toBe(false);
  });

  it('notice that an owner is gone, though nothing tells them', async () => {
    const owner = spawn(process.execPath, idle);
    const watch = `import { whenOwnersAreGone } from ${JSON.stringify(module_)};
      setInterval(() => {}, 1000); whenOwnersAreGone([${owner.pid}], () => process.exit(7)); console.log('watching');`;
    const watcher = spawn(process.execPath, ['--input-type=module', '-e', watch], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(watcher.stdout, 'data');
    owner.kill('SIGKILL');
    expect(await once(watcher, 'exit')).toEqual([7, null]);
  });
});
