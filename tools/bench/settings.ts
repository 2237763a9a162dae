import { parseArgs } from 'node:util';
import { z } from 'zod';

/** In the order in which they are measured. */
export const partNames = ['accepted', 'decided', 'registrations', 'sustained', 'growth', 'cold-load', 'rebuild', 'facts'] as const;
export type PartName = (typeof partNames)[number];

export type Settings = {
  readonly orders: number;
  readonly seconds: number;
  readonly hold: number;
  readonly rates: readonly number[];
  readonly heapMiB: number;
  readonly people: number;
  readonly only: readonly PartName[];
};

const help = `npm run bench -- [options]

One hot conference, three seat types, orders of one to three seats, all three services and the load
generator (a process of its own) on this machine. Prints a table and writes the same as JSON.

  --only A,B        these parts only (default: all)
  --json FILE       where the JSON goes (default: below the table)
  --orders N        orders of the parts growth and rebuild (default 100000)
  --seconds N       of each closed-loop part (default 10)
  --hold N          seconds for which the highest rate must be held (default 50)
  --rates A,B,C     orders a second to try to hold, in this order (default 300,500,750,1000,1500,2000)
  --heap N          heap limit of each service in MiB (default 192)
  --people N        how many order side by side in the events of the part rebuild (default 64)
  --help

  accepted          orders a second, answered when they are stored
  decided           orders a second, answered when their seats are decided
  registrations     whole registrations a second: order, registrant, payment, confirmed
  sustained         the highest of --rates that is held for --hold seconds
  growth            --orders orders: time per order, memory, disk, and a cold start after a kill; minutes
  cold-load         a command for an order with 10,000 events that is not in memory; no service runs
  rebuild           the orders projection built anew from --orders confirmed orders; no service runs
  facts             facts published and imported through the broker: the one of KAFKA_BROKERS, or the embedded one

EVENTSTORE_URL, KAFKA_BROKERS, MONGODB_URL and the settings beside them reach the services; secrets that these then
demand are made for the run. Engines are named above the table and in the JSON. A part that works on the embedded ones
alone is left out, and says so. Begin with empty servers. On those of npm run engines:

  npm run engines -- --fresh npm run bench -- --only decided,sustained

Its event store is a double and its read-model server a stand-in: their figures say nothing about EventStoreDB or MongoDB.
`;

const whole = z.coerce.number().int().positive();
const parts = z
  .string()
  .transform((list) => list.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(partNames)).min(1));

const wrong = (line: string): never => {
  process.stderr.write(`bench: ${line}\n\n${help}`);
  process.exit(2);
};

const valuesOf = () => {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', default: partNames.join(',') },
        json: { type: 'string' },
        orders: { type: 'string', default: '100000' },
        seconds: { type: 'string', default: '10' },
        hold: { type: 'string', default: '50' },
        rates: { type: 'string', default: '300,500,750,1000,1500,2000' },
        heap: { type: 'string', default: '192' },
        people: { type: 'string', default: '64' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
};

/** From the command line. Ends the process for `--help`, and with 2 for what is no option. */
export const settingsFromArguments = (): { readonly settings: Settings; readonly json: string | undefined } => {
  const values = valuesOf();
  if (values.help) {
    process.stdout.write(help);
    process.exit(0);
  }
  const asked = <T>(option: string, schema: z.ZodType<T>, value: unknown): T => {
    const result = schema.safeParse(value);
    return result.success ? result.data : wrong(`--${option} ${value}: ${result.error.issues.map(({ message }) => message).join(', ')}`);
  };
  const settings: Settings = {
    orders: asked('orders', whole, values.orders),
    seconds: asked('seconds', whole, values.seconds),
    hold: asked('hold', whole, values.hold),
    rates: asked('rates', z.array(whole).min(1), values.rates.split(',')),
    heapMiB: asked('heap', whole, values.heap),
    people: asked('people', whole, values.people),
    only: asked('only', parts, values.only),
  };
  return { settings, json: values.json };
};
