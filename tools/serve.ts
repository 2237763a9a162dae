/**
 * `node tools/serve.ts <service>`: runs one service and says so when it dies. The target `serve` of every app; Nx lets the
 * other services go on. The service ends with SIGTERM when this process is told to end, or when whatever started it is gone.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parentOf, whenOwnersAreGone } from './processes.ts';
import { serviceFlags, serviceSettings } from './service-process.ts';

/** A service that has not finished by then is killed; Nx would do it a little later. */
const stopTimeoutMs = 8_000;
/** Nx signals a service first and us only when it has ended, so an end is not a death if the signal for us comes right after. */
const signalDelayMsMax = 300;

const [service] = process.argv.slice(2);
if (service === undefined || !/^[a-z-]+$/.test(service)) {
  console.error('usage: node tools/serve.ts <service>');
  process.exit(2);
}

const root = join(import.meta.dirname, '..');
const child = spawn(process.execPath, [...serviceFlags, join(root, 'apps', service, 'src/main.ts')], {
  cwd: root,
  env: { ...serviceSettings(root), ...process.env },
  stdio: ['ignore', 'inherit', 'inherit'],
});
let stopping = false;

function stop(): void {
  if (stopping) return;
  stopping = true;
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs).unref();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

const nx = parentOf(process.ppid);
const owner = process.env['SERVE_OWNER_PID'];
whenOwnersAreGone([...(nx === undefined || nx <= 1 ? [] : [nx]), ...(owner === undefined ? [] : [Number(owner)])], stop);

child.on('error', (error) => {
  console.error(`${service} could not be started: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  setTimeout(() => {
    if (!stopping) {
      const how = signal === null ? `exit code ${code}` : `killed by ${signal}`;
      console.error(`${service} died (${how}); the other services go on. To start it again: npx nx serve ${service}`);
    }
    process.exit(stopping ? 0 : (code ?? 1) || 1);
  }, signalDelayMsMax);
});
