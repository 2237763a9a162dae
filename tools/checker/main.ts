/** `node tools/checker/main.ts`: says whether everything in a running system adds up. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { addressesFrom, awaitReady, dataFolderFrom, type Journal, parseJournal, systemClient } from '../journey/index.ts';
import { isDataFolder, readEventsAt, reportLines, settle } from './index.ts';

const help = `Says whether everything in the running system adds up: orders, seats, payments, and what the services tell each other.

  node tools/checker/main.ts [--data DIR] [--journal FILE] [--within SECONDS]

  --data DIR        the services' data folder (default: DATA_DIR, else .data of the workspace): every event in it is
                    looked at, and the services are asked for everything that is found there. With EVENTSTORE_URL set
                    the events are read from there, and the secrets must be in the environment
  --journal FILE    JSON { conferences, orders, payments } with ids and tokens: what was acknowledged to a caller
  --within SECONDS  how long to wait for what is still under way (default 10)
  --help            this text

The services are looked for at the ports of the environment (4001 to 4003). The exit code is 1 when something does not
add up, and 2 when it cannot be checked.`;

const cannotCheck = (line: string): never => {
  console.error(line);
  process.exit(2);
};

const journalIn = (file: string): Journal => {
  try {
    return parseJournal(readFileSync(file, 'utf8'));
  } catch (error) {
    return cannotCheck(`${file} is no journal: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const optionsOf = () => {
  try {
    return parseArgs({
      options: {
        data: { type: 'string' },
        journal: { type: 'string' },
        within: { type: 'string', default: '10' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return cannotCheck(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
};

const run = async (): Promise<number> => {
  const options = optionsOf();
  if (options.help) {
    console.log(help);
    return 0;
  }
  const seconds = Number(options.within);
  if (!(seconds >= 0)) cannotCheck(`--within ${options.within} is not a number of seconds`);
  const dataDir = dataFolderFrom(options.data);
  const eventStoreUrl = process.env['EVENTSTORE_URL']?.trim() || undefined;
  const hasEvents = eventStoreUrl !== undefined || isDataFolder(dataDir);
  const journal = options.journal === undefined ? undefined : journalIn(options.journal);
  if (!hasEvents && journal === undefined) cannotCheck(`There are no events in ${dataDir}: give --data DIR or --journal FILE.`);
  const addresses = addressesFrom();
  try {
    await awaitReady(Object.values(addresses), { withinMs: 2_000 });
  } catch {
    return cannotCheck(`The services do not answer at ${Object.values(addresses).join(', ')}: start them with npm start.`);
  }
  const sources = {
    system: systemClient(addresses),
    asking: 'everything',
    ...(hasEvents ? { dataDir } : {}),
    ...(eventStoreUrl === undefined ? {} : { events: () => readEventsAt(eventStoreUrl) }),
    ...(journal === undefined ? {} : { journal: () => journal }),
  } as const;
  const { results, findings } = await settle(sources, { withinMs: seconds * 1000 });
  for (const line of reportLines(results)) console.log(line);
  return findings === 0 ? 0 : 1;
};

process.exitCode = await run().catch((error: unknown) => cannotCheck(error instanceof Error ? error.message : String(error)));
