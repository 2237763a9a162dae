import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineToolMissing } from './engine-server.ts';
import { installOnce, requireJava, requireMaven, requirePython, runTool } from './install.ts';

let root: string;
let path: string | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
  path = process.env['PATH'];
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(root, { recursive: true });
});

const lines: string[] = [];
const installing = (wanted: string, install: () => Promise<void>): Promise<void> =>
  installOnce({ folder: join(root, 'engine'), wanted, what: 'the engine', print: (line) => lines.push(line), install });
/** Puts a program into an otherwise empty `PATH`. */
const program = (name: string, script: string): void => {
  writeFileSync(join(root, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env['PATH'] = root;
};
const lineOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'found',
    (error: Error) => (error instanceof EngineToolMissing ? error.message : `another error: ${error.message}`),
  );

describe('an installation', () => {
  it('is done once, and again when something else is wanted', async () => {
    let times = 0;
    const count = async (): Promise<void> => {
      times += 1;
    };
    for (const wanted of ['1', '1', '2', '2']) await installing(wanted, count);
    expect(times).toBe(2);
    expect(lines.slice(0, 2)).toEqual(['the engine: installing, once …', 'the engine: installed in 0 s']);
  });

  it('that was broken off is begun anew, without what it has left', async () => {
    const left = join(root, 'engine', 'half a file');
    await expect(
      installing('1', async () => {
        writeFileSync(left, '');
        throw new Error('no connection');
      }),
    ).rejects.toThrow('no connection');
    expect(existsSync(left)).toBe(true);
    await installing('1', async () => undefined);
    expect(readdirSync(join(root, 'engine'))).toEqual(['installed']);
  });

  it('fails with the last line of the command that failed', async () => {
    await expect(runTool(process.execPath, ['-e', 'console.log("working"); console.error("disk full"); process.exit(4)'])).rejects.toThrow(
      /failed \(exit code 4\): disk full$/,
    );
  });
});

describe('a tool that is missing', () => {
  it('or too old is said in one line with what to install', async () => {
    process.env['PATH'] = root;
    expect(await lineOf(requireJava())).toBe('the Kafka broker needs Java 17 or later: install openjdk-17-jre-headless, or another Java');
    expect(await lineOf(requireMaven())).toBe('the Kafka broker is installed by Maven: install maven');
    expect(await lineOf(requirePython())).toBe(
      'the read-model server needs Python 3.11 or later with venv and pip: install python3 and python3-venv',
    );
    program('java', `echo 'openjdk version "11.0.2" 2019-01-15' >&2`);
    expect(await lineOf(requireJava())).toContain('(found 11)');
    program('python3', 'echo 3 9');
    expect(await lineOf(requirePython())).toContain('needs Python 3.11');
  });

  it('is not reported when it is there', async () => {
    program('java', `echo 'openjdk version "17.0.9" 2023-10-17' >&2`);
    program('mvn', 'exit 0');
    program('python', 'echo 3 12');
    expect(await Promise.all([lineOf(requireJava()), lineOf(requireMaven()), requirePython()])).toEqual(['found', 'found', 'python']);
  });
});
