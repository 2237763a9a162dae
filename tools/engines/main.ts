/** `npm run engines`: EventStoreDB's double, Kafka and the read-model server on this machine, until Ctrl-C or for one command. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isFree } from '../free-port.ts';
import { isRunning } from '../processes.ts';
import { type EngineName, engineNames, enginesFolder, type RunningEngines, startEngines } from './servers.ts';

const help = `Starts the servers that EVENTSTORE_URL, KAFKA_BROKERS and MONGODB_URL can name, on loopback, for development and tests.

  npm run engines                       until Ctrl-C; prints the three lines to set
  npm run engines -- [options] COMMAND  runs the command with the three set, and ends with its exit code

  --only A,B      of event-store, broker, read-models (default: all)
  --fresh         begins with empty ones (default: what they stored in .engines/data is there again)
  --help          this text

What is missing is installed into .engines, once: Apache Kafka by Maven (needs Java 17 or later), the read-model server
by pip (Python 3.11 or later). The event store is a double that speaks EventStoreDB's protocol: it is no EventStoreDB.`;

const dataDir = join(enginesFolder, 'data');
/** The usual ones, so that what was set once stays right. */
const usualPorts: { readonly [Name in EngineName]: number } = { 'event-store': 2113, broker: 9092, 'read-models': 27017 };
const print = (line: string): void => console.log(line);

const fail = (line: string, code = 1): never => {
  console.error(line);
  process.exit(code);
};

const optionsOf = () => {
  const args = process.argv.slice(2);
  const commandAt = args.findIndex((argument, index) => !argument.startsWith('-') && args[index - 1] !== '--only');
  const end = commandAt === -1 ? args.length : commandAt;
  try {
    const { values } = parseArgs({
      args: args.slice(0, end),
      options: {
        only: { type: 'string', default: engineNames.join(',') },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return { ...values, command: args.slice(end) };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${help}`, 2);
  }
};

const namesIn = (list: string): readonly EngineName[] => {
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !engineNames.some((known) => known === name));
  if (unknown !== undefined) fail(`--only ${list}: ${unknown} is none of ${engineNames.join(', ')}`, 2);
  return engineNames.filter((name) => names.includes(name));
};

/** A port that is taken is left to whom it belongs. */
const portsOf = async (names: readonly EngineName[]): Promise<Partial<{ readonly [Name in EngineName]: number }>> => {
  const free = await Promise.all(names.map(async (name) => ((await isFree(usualPorts[name])) ? [[name, usualPorts[name]] as const] : [])));
  return Object.fromEntries(free.flat());
};

const untilSignal = (): Promise<undefined> =>
  Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal))).then(() => undefined);

/** Ctrl-C reaches the command too, which decides when it ends. */
const runWith = async ({ environment, died }: RunningEngines, [command = '', ...args]: readonly string[]): Promise<number> => {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  void died.then((death) => console.error(death));
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
};

/** Two on one folder would break each other; and `--fresh` would delete what is in use. */
const hold = (): void => {
  const file = join(enginesFolder, 'running');
  const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (holder !== process.pid && holder > 0 && isRunning(holder))
    fail(`The engines of this folder run already, as process ${holder}: stop it first.`);
  mkdirSync(enginesFolder, { recursive: true });
  writeFileSync(file, String(process.pid));
  process.once('exit', () => rmSync(file, { force: true }));
};

const serve = async (engines: RunningEngines): Promise<number> => {
  print('\nReady. For services in another terminal:\n');
  for (const [name, value] of Object.entries(engines.environment)) print(`  export ${name}='${value}'`);
  print('\nThey also need TOKEN_SECRET, OPERATOR_TOKEN and PROCESSOR_WEBHOOK_SECRET (docs/OPERATIONS.md). Ctrl-C stops the engines.\n');
  const death = await Promise.race([untilSignal(), engines.died]);
  if (death === undefined) return 0;
  console.error(`${death}; the others are stopped`);
  return 1;
};

const { only, fresh, help: isHelp, command } = optionsOf();
if (isHelp) print(help);
else {
  const engines = namesIn(only);
  hold();
  if (fresh) rmSync(dataDir, { recursive: true, force: true });
  // A signal during the start is obeyed: what was started ends with this process.
  const impatient = (): never => process.exit(130);
  process.once('SIGINT', impatient).once('SIGTERM', impatient);
  const running = await startEngines({ engines, dataDir, ports: await portsOf(engines), print }).catch((error: unknown) =>
    fail(error instanceof Error ? error.message : String(error)),
  );
  process.off('SIGINT', impatient).off('SIGTERM', impatient);
  process.exitCode = await (command.length === 0 ? serve(running) : runWith(running, command)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  });
  await running.stop();
}
