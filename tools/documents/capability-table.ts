/** Which engine keeps which guarantee, and where that was shown: from the contract suites and from the specs that run them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const suites = 'libs/testing/contracts/src';
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

type Engine = {
  readonly title: string;
  /** Runs the suite. Without one: only where somebody names a server. */
  readonly spec?: string;
  /** Where it is run by this repository. */
  readonly ranIn?: 'npm test' | 'npm run test:engines';
};
type Port = {
  readonly title: string;
  /** How the files of its suite begin. */
  readonly files: string;
  readonly suite: string;
  readonly engines: readonly Engine[];
};

const inMemory = (spec: string): Engine => ({ title: 'in memory', spec: `libs/testing/memory/src/${spec}`, ranIn: 'npm test' });
const sqlite = (spec: string): Engine => ({ title: 'SQLite', spec: `libs/adapters/sqlite/src/${spec}`, ranIn: 'npm test' });

const ports: readonly Port[] = [
  {
    title: 'Event store',
    files: 'event-store-',
    suite: 'eventStoreContract',
    engines: [
      inMemory('event-store.contract.spec.ts'),
      sqlite('event-store.contract.spec.ts'),
      { title: 'double, client of EventStoreDB', spec: 'libs/adapters/eventstoredb/src/event-store.contract.spec.ts', ranIn: 'npm test' },
      { title: 'double, client of KurrentDB', spec: 'libs/adapters/eventstoredb/src/kurrent.contract.spec.ts', ranIn: 'npm test' },
      { title: 'EventStoreDB, KurrentDB' },
    ],
  },
  {
    title: 'Message broker',
    files: 'message-broker-',
    suite: 'messageBrokerContract',
    engines: [
      inMemory('message-broker.contract.spec.ts'),
      sqlite('message-broker.contract.spec.ts'),
      { title: 'Apache Kafka 4.4.0', spec: 'libs/adapters/kafka/src/message-broker.kafka.spec.ts', ranIn: 'npm run test:engines' },
      { title: 'a cluster of Kafka' },
    ],
  },
  {
    title: 'Read-model store',
    files: 'read-model-store-',
    suite: 'readModelStoreContract',
    engines: [
      inMemory('read-model-store.contract.spec.ts'),
      sqlite('read-model-store.contract.spec.ts'),
      {
        title: 'SecantusDB 0.7 on WiredTiger',
        spec: 'libs/adapters/mongodb/src/read-model-store.mongodb.spec.ts',
        ranIn: 'npm run test:engines',
      },
      { title: 'MongoDB' },
    ],
  },
];

type Guarantee = { readonly title: string; readonly tests: number };

/** A group of a suite, with how many tests it has. */
export const guaranteesIn = (text: string): Guarantee | undefined => {
  const [, title] = /^ {2}describe\('([^']+)'/m.exec(text) ?? [];
  const tests = [...text.matchAll(/^\s+(?:it|test)(?:\.each)?\(/gm)].length;
  return title === undefined ? undefined : { title, tests };
};

const guaranteesOf = ({ files }: Port): readonly Guarantee[] =>
  readdirSync(join(root, suites))
    .filter((name) => name.startsWith(files))
    .toSorted()
    .flatMap((name) => guaranteesIn(read(join(suites, name))) ?? []);

/** Throws when a spec does not run the suite that the table says it runs. */
const cellOf = ({ suite }: Port, { spec, ranIn }: Engine): string => {
  if (spec === undefined || ranIn === undefined) return 'not run';
  if (!read(spec).includes(`${suite}(`)) throw new Error(`${spec} does not run ${suite}`);
  return ranIn === 'npm test' ? 'shown' : 'shown ᴱ';
};

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const tableOf = (port: Port): readonly string[] => [
  row([port.title, ...port.engines.map(({ title }) => title)]),
  row(['---', ...port.engines.map(() => '---')]),
  ...guaranteesOf(port).map(({ title, tests }) => row([`${title} (${tests})`, ...port.engines.map((engine) => cellOf(port, engine))])),
];

/** One table a port. */
export const capabilityTable = (): string =>
  [
    'Rows are the groups of a contract suite, with the number of their tests; one that runs for several values counts once. `shown`: a spec of `npm test`',
    'runs the whole group; `shown ᴱ`: one of `npm run test:engines`; `not run`: there is no such server here. Name one: `KAFKA_BROKERS` or `MONGODB_URL` and',
    '`node tools/test.ts engines`; `EVENTSTORE_URL` and `npx vitest run --config tools/vitest.config.ts --project tests libs/adapters/eventstoredb`.',
    ...ports.flatMap((port) => ['', ...tableOf(port)]),
  ].join('\n');

const begin = '<!-- made by npm run documents: capabilities -->';
const end = '<!-- end of what is made -->';

/** The page with its table made anew. Throws for one that has no place for it. */
export const withCapabilityTable = (page: string): string => {
  const [before, rest] = page.split(begin, 2);
  const [, after] = (rest ?? '').split(end, 2);
  if (before === undefined || after === undefined) throw new Error(`there is no ${begin} … ${end}`);
  return `${before}${begin}\n\n${capabilityTable()}\n\n${end}${after}`;
};

export const testingPage = (): string => withCapabilityTable(read('docs/TESTING.md'));
