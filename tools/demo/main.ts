/** `node tools/demo/main.ts`: a conference, a crowd, and whether it all adds up afterwards. */
import { parseArgs } from 'node:util';
import { seededRandom } from '@conference/testing-simulation';
import { isDataFolder, readEvents, readEventsAt, reportLines, settle } from '../checker/index.ts';
import {
  addressesFrom,
  awaitReady,
  dataFolderFrom,
  journalWriter,
  type OpenConference,
  openConference,
  registerAll,
  type SystemClient,
  systemClient,
} from '../journey/index.ts';
import { drawCrowd } from './crowd.ts';
import { progress } from './progress.ts';
import { outcomeLines, seatTypeRows, tableLines } from './summary.ts';

const help = `Opens a conference at the running services and sends a crowd to it: some give up, some find it sold out, one is refused by
the bank at first, some pay twice. Then asks the checker whether everything adds up.

  node tools/demo/main.ts [--registrants N] [--seed N]

  --registrants N  how many people come at once, 1 to 500 (default 60)
  --seed N         repeats a crowd; printed by every run
  --help           this text

The services are looked for at the ports of the environment (4001 to 4003). The exit code is 1 when something does not
add up, and 2 when the demo cannot run.`;

const registrantsMax = 500;
const waitMs = 20_000;
const settleMs = 8_000;

const cannotRun = (line: string): never => {
  console.error(line);
  process.exit(2);
};

const wholeNumber = (name: string, text: string, min: number, max: number): number => {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= min && value <= max
    ? value
    : cannotRun(`--${name} ${text}: a whole number from ${min} to ${max}, please`);
};

const optionsOf = () => {
  try {
    return parseArgs({
      options: { registrants: { type: 'string', default: '60' }, seed: { type: 'string' }, help: { type: 'boolean', default: false } },
    }).values;
  } catch (error) {
    return cannotRun(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
};

const connect = async (): Promise<SystemClient> => {
  const addresses = addressesFrom();
  try {
    await awaitReady(Object.values(addresses), { withinMs: 2_000 });
  } catch {
    cannotRun(`The services do not answer at ${Object.values(addresses).join(', ')}: start them with npm start.`);
  }
  return systemClient(addresses);
};

/** Only when it is the folder of the services that were asked. */
const dataFolderOf = (conference: OpenConference): string | undefined => {
  const dataDir = dataFolderFrom(undefined);
  if (!isDataFolder(dataDir)) return undefined;
  const isTheirs = readEvents(dataDir)['conference-management'].some(({ streamName }) => streamName === `Conference-${conference.id}`);
  return isTheirs ? dataDir : undefined;
};

const run = async (registrants: number, seed: number): Promise<number> => {
  const system = await connect();
  const journal = journalWriter();
  const startedAt = performance.now();
  const conference = await openConference(
    system,
    {
      slug: `demo_${Date.now().toString(36)}_${seed}`,
      name: 'Conference on Patterns',
      seatTypes: [
        { name: 'General admission', price: 19_900, quota: registrants },
        { name: 'Community ticket', price: 0, quota: Math.max(1, Math.round(registrants / 2)) },
        { name: 'Workshop', price: 49_900, quota: Math.max(1, Math.round(registrants / 8)) },
      ],
    },
    { journal, withinMs: waitMs },
  );
  console.log(`${registrants} people register for ${conference.slug} (seed ${seed})`);
  const crowd = drawCrowd(seededRandom(seed), conference, registrants);
  const bar = progress({
    total: crowd.length,
    what: 'registrants',
    isTerminal: process.stdout.isTTY === true,
    write: (text) => void process.stdout.write(text),
  });
  process.once('SIGINT', () => {
    bar.end();
    console.log('Stopped. What was under way ends by itself at the services.');
    process.exit(130);
  });
  const reports = await registerAll({ system, conference, journal, waitMs }, crowd, bar.tick).finally(bar.end);
  const dataDir = dataFolderOf(conference);
  const eventStoreUrl = process.env['EVENTSTORE_URL']?.trim() || undefined;
  const sources = {
    system,
    journal: journal.entries,
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(eventStoreUrl === undefined ? {} : { events: () => readEventsAt(eventStoreUrl) }),
  };
  const { facts, results, findings } = await settle(sources, { withinMs: settleMs });
  const { answered } = facts;
  if (answered === undefined) throw new Error('the services were not asked');
  console.log('');
  const rows = seatTypeRows(conference, reports, answered);
  for (const line of [...tableLines(rows), '', ...outcomeLines(answered)]) console.log(line);
  if (rows.some(({ held }) => held > 0))
    console.log('Whoever vanished still holds the seats, until the reservation ends (RESERVATION_SECONDS).');
  console.log('');
  if (findings > 0) for (const line of reportLines(results)) console.log(line);
  else {
    const examined = results.reduce((sum, { examined: looked }) => sum + looked, 0);
    const what = dataDir === undefined && eventStoreUrl === undefined ? 'answers' : 'answers and events';
    console.log(
      `Everything adds up: ${results.length} rules over ${examined} ${what}, ${((performance.now() - startedAt) / 1000).toFixed(1)} s. All of it: npm run check`,
    );
  }
  return findings > 0 ? 1 : 0;
};

const options = optionsOf();
if (options.help) console.log(help);
else {
  const registrants = wholeNumber('registrants', options.registrants, 1, registrantsMax);
  const seed =
    options.seed === undefined ? Math.floor(Math.random() * 1_000_000) : wholeNumber('seed', options.seed, 0, Number.MAX_SAFE_INTEGER);
  process.exitCode = await run(registrants, seed).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  });
}
