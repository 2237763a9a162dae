/**
 * `node tools/engines/read-models.ts [command …]`: starts the read-model server on loopback and prints its address; with a command it
 * runs that one with `MONGODB_URL` set and ends with its exit code, without one it goes on until Ctrl-C.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startReadModelServer } from './read-model-server.ts';

const enginesDir = join(import.meta.dirname, '..', '..', '.engines');

const untilSignal = (): Promise<unknown> => Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));

const runWith = async (url: string, [command = '', ...args]: readonly string[]): Promise<number> => {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, MONGODB_URL: url } });
  // Ctrl-C goes to the command too; it decides when it ends.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
};

try {
  const server = await startReadModelServer({ enginesDir, print: (line) => console.log(line) });
  try {
    console.log(`MONGODB_URL=${server.url}`);
    const command = process.argv.slice(2);
    if (command.length === 0) await untilSignal();
    else process.exitCode = await runWith(server.url, command);
  } finally {
    await server.stop();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
