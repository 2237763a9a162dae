import type { SeededRandom } from './seeded-random.ts';

/** What may go wrong at the ports. Each is within what the port allows: correct code loses nothing by it. */
export const faultNames = [
  /** Written, and the answer is lost. */
  'append-acknowledgement-lost',
  /** Not written, and nobody knows. */
  'append-request-lost',
  'store-unavailable',
  /** A subscription to the event store ends with an error. */
  'feed-broken',
  'publish-acknowledgement-lost',
  'publish-not-written',
  'publish-partly-written',
  'publish-duplicated',
  'delivery-duplicated',
  'delivery-acknowledgement-lost',
  'delivery-not-delivered',
  'delivery-reordered',
  'read-model-failed-before',
  'read-model-failed-after',
  'read-model-fenced',
  /** A sleep takes up to a minute longer than asked. */
  'timer-late',
  /** A service dies at an await point. */
  'crash',
] as const;
export type FaultName = (typeof faultNames)[number];

export interface SimulationOptions {
  /** By name: how likely at each opportunity. What is absent does not happen in this run. */
  readonly faults: { readonly [name in FaultName]?: number };
  /** Mean of the exponential distribution that the delay of each port call is drawn from; 0 for no delay. */
  readonly latencyMsMean: number;
  /** The clocks of the services are wrong by up to this much, either way. */
  readonly clockSkewMsMax: number;
  /** Every message is published twice, and every batch of them handed over twice. */
  readonly everythingTwice: boolean;
  /** How long a dead service takes to come back, at most. */
  readonly restartMsMax: number;
}

/** No fault, and still some delay, so that what may overlap does. */
export const calmOptions: SimulationOptions = {
  faults: {},
  latencyMsMean: 2,
  clockSkewMsMax: 0,
  everythingTwice: false,
  restartMsMax: 1_000,
};

const probabilityMin = 0.002;
const probabilityMax = 0.3;
const crashProbabilityMax = 0.02;

/** Uniform in the exponent: as often rare as frequent. */
const drawProbability = (random: SeededRandom, max: number): number =>
  Number((probabilityMin * (max / probabilityMin) ** random.random()).toFixed(4));

/**
 * Swarm testing (Groce et al.): each run switches about half of the faults off entirely and weighs the others very
 * differently, because faults that always come together hide what each of them alone would show.
 */
export const drawOptions = (random: SeededRandom): SimulationOptions => {
  const drawn = faultNames
    .map((name) => [name, random.chance(0.5), drawProbability(random, name === 'crash' ? crashProbabilityMax : probabilityMax)] as const)
    .filter(([, exists]) => exists)
    .map(([name, , probability]) => [name, probability] as const);
  return {
    faults: Object.fromEntries(drawn),
    latencyMsMean: random.pick([0, 1, 5, 25, 200]),
    clockSkewMsMax: random.pick([0, 0, 50, 5_000, 3_600_000]),
    everythingTwice: random.chance(0.2),
    restartMsMax: random.pick([10, 1_000, 60_000]),
  };
};

/** One line, to be printed with the seed. */
export const describeOptions = ({ faults, ...rest }: SimulationOptions): string => {
  const names = faultNames.filter((name) => (faults[name] ?? 0) > 0).map((name) => `${name} ${faults[name]}`);
  const details = [
    `latency ${rest.latencyMsMean} ms`,
    `clock skew up to ${rest.clockSkewMsMax} ms`,
    `restart within ${rest.restartMsMax} ms`,
  ];
  if (rest.everythingTwice) details.push('everything twice');
  return [...(names.length === 0 ? ['no faults'] : names), ...details].join(', ');
};
