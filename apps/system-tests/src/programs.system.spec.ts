/** The demo and the checker as people run them, against running services. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instant } from '@conference/kernel';
import { systemTimer, tokens } from '@conference/platform';
import { freePort, secretsOf } from '@conference/tools';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedSystem, startSystem } from './system.fixture.ts';

const root = join(import.meta.dirname, '../../..');
let running: StartedSystem;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conference-programs-'));
  running = await startSystem({ waitMs: 15_000 });
});
afterAll(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Ended = { readonly code: number | null; readonly output: string };

/** Runs a program of the tools to its end, with the running services in its environment. */
const run = (
  program: string,
  args: readonly string[],
  options: {
    readonly env?: { readonly [name: string]: string };
    readonly onOutput?: (output: string, kill: (signal: NodeJS.Signals) => void) => void;
  } = {},
): Promise<Ended> => {
  const { addresses, dataDir } = running.services;
  const port = (address: string): string => new URL(address).port;
  const env = {
    ...process.env,
    CONFERENCE_MANAGEMENT_PORT: port(addresses['conference-management']),
    REGISTRATION_PORT: port(addresses.registration),
    PAYMENTS_PORT: port(addresses.payments),
    DATA_DIR: dataDir,
    ...options.env,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'tools', program, 'main.ts'), ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        options.onOutput?.(output, (signal) => child.kill(signal));
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
};

describe('the demo', () => {
  it('sends a crowd and says that everything adds up', async () => {
    const { code, output } = await run('demo', ['--registrants', '30', '--seed', '4']);
    expect(output).toContain('30 people register');
    expect(output).toContain('seed 4');
    expect(output).toMatch(/seat type +quota +asked +held +confirmed +cancelled +expired +refunded +available/);
    expect(output).toMatch(/30 orders: .*confirmed/);
    expect(output).toMatch(/payments: .*refunded/);
    expect(output).toContain('Everything adds up');
    expect(output).toContain('answers and events');
    expect(code).toBe(0);
  });

  it('ends at once when it is told to, and leaves nothing that does not add up', async () => {
    let isStopped = false;
    const { code, output } = await run('demo', [], {
      onOutput: (text, kill) => {
        if (isStopped || !text.includes('registrants')) return;
        isStopped = true;
        kill('SIGINT');
      },
    });
    expect(output).toContain('Stopped.');
    expect(code).toBe(130);
  });

  it('says in one line that the services are not running', async () => {
    const env = { REGISTRATION_PORT: String(await freePort()) };
    const { code, output } = await run('demo', [], { env });
    expect(output.trim().split('\n')).toEqual([expect.stringContaining('start them with npm start')]);
    expect(code).toBe(2);
  });

  it.each([['--registrants', '0'], ['--registrants', 'many'], ['--seed', '-1'], ['--what']])('refuses %s %s', async (...args) => {
    expect(
      (
        await run(
          'demo',
          args.filter((arg) => arg !== undefined),
        )
      ).code,
    ).toBe(2);
  });
});

describe('the checker', () => {
  it('finds that everything adds up, in the events and in the answers', async () => {
    const { code, output } = await run('checker', []);
    expect(output).toMatch(/quota-is-kept +ok \(\d+\)/);
    expect(output).toMatch(/answers-agree-with-events +ok \(\d+\)/);
    expect(output).toContain('Everything adds up.');
    expect(code).toBe(0);
  });

  it('finds an acknowledged order that is not there', async () => {
    const { tokenSecret: secret = '' } = secretsOf(running.services.dataDir, {});
    const id = randomUUID();
    const expiresAt = new Date(Date.now() + 60_000).toISOString() as Instant;
    const token = tokens({ secret, clock: systemTimer }).sign({ kind: 'registrant', sub: id, expiresAt });
    const journal = join(folder, 'journal.json');
    writeFileSync(journal, JSON.stringify({ conferences: [], orders: [{ id, token, conferenceId: randomUUID() }], payments: [] }));
    const { code, output } = await run('checker', ['--journal', journal, '--within', '1']);
    expect(output).toContain(`order ${id}: was acknowledged, but there is no event of it`);
    expect(output).toContain('1 thing does not add up.');
    expect(code).toBe(1);
  });

  it('refuses what is no journal, and a folder without events', async () => {
    const journal = join(folder, 'none.json');
    writeFileSync(journal, '{}');
    expect(await run('checker', ['--journal', journal])).toMatchObject({ code: 2, output: expect.stringContaining('is no journal') });
    expect(await run('checker', ['--data', folder])).toMatchObject({ code: 2, output: expect.stringContaining('There are no events') });
  });

  it.each(['demo', 'checker'])('and the demo explain themselves (%s)', async (program) => {
    const { code, output } = await run(program, ['--help']);
    expect(output).toContain(`node tools/${program}/main.ts`);
    expect(code).toBe(0);
  });
});
