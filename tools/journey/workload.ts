import type { SeededRandom } from '@conference/testing-simulation';
import type { OpenConference } from './conference.ts';
import { type Behaviour, behaviours, type RegistrantOptions, type RegistrantPlan, type RegistrantReport, register } from './registrant.ts';
import type { Selection } from './system-client.ts';

/** How often each behaviour occurs, against each other; 0 or absent: never. */
export type BehaviourWeights = { readonly [B in Behaviour]?: number };

const firstNames = ['Ada', 'Bjarne', 'Chiara', 'Dmitri', 'Edsger', 'Frances', 'Grace', 'Hedy', 'Ivan', 'Joan', 'Kateryna', 'Leslie'];
const lastNames = ['Ahmed', 'Berg', 'Costa', 'Dubois', 'Eriksen', 'Fischer', 'García', 'Horvat', 'Ito', 'Jensen', 'Kowalski', 'Lindqvist'];

const weighted = (random: SeededRandom, weights: BehaviourWeights): Behaviour => {
  const total = behaviours.reduce((sum, behaviour) => sum + (weights[behaviour] ?? 0), 0);
  let at = random.random() * total;
  for (const behaviour of behaviours) {
    at -= weights[behaviour] ?? 0;
    if (at < 0) return behaviour;
  }
  return 'pays';
};

const selection = (random: SeededRandom, conference: OpenConference, quantityMax: number): Selection => {
  const seatTypes = random.shuffled(conference.seatTypes).slice(0, random.chance(0.25) ? 2 : 1);
  return seatTypes.map(({ id }) => ({ seatTypeId: id, quantity: random.integer(1, quantityMax) }));
};

/** One registrant's plan: the same seed, conference and weights draw the same one. */
export const drawPlan = (
  random: SeededRandom,
  options: {
    readonly conference: OpenConference;
    readonly weights: BehaviourWeights;
    readonly index: number;
    readonly arriveWithinMs: number;
    readonly hesitateMsMax: number;
  },
): RegistrantPlan => {
  const { conference, weights, index, arriveWithinMs, hesitateMsMax } = options;
  const firstName = random.pick(firstNames);
  const lastName = random.pick(lastNames);
  return {
    person: { firstName, lastName, email: `registrant.${index}@example.com` },
    behaviour: weighted(random, weights),
    items: selection(random, conference, 3),
    secondChoice: selection(random, conference, 2),
    whenShort: random.pick(['second-choice', 'what-is-held', 'gives-up'] as const),
    arrivesAfterMs: random.integer(0, arriveWithinMs),
    hesitatesMs: random.integer(0, hesitateMsMax),
  };
};

export interface ContinuousWorkload {
  readonly started: () => number;
  readonly finished: () => number;
  /** What should not have happened to a registrant. */
  readonly failures: () => readonly Error[];
  /** No new registrants; resolves when the last one has come to an end. */
  stop(): Promise<void>;
}

/** Always `atOnce` registrants under way, a new one as soon as one has come to an end. */
export const continuousWorkload = (
  options: Omit<RegistrantOptions, 'conference'> & {
    readonly next: (index: number) => { readonly conference: OpenConference; readonly plan: RegistrantPlan };
    readonly atOnce: number;
  },
): ContinuousWorkload => {
  const { next, atOnce, ...common } = options;
  const failures: Error[] = [];
  let started = 0;
  let finished = 0;
  let isStopping = false;
  const goOn = async (): Promise<void> => {
    while (!isStopping) {
      const { conference, plan } = next(started++);
      await register({ ...common, conference }, plan).catch(
        (error: unknown) => void failures.push(error instanceof Error ? error : new Error(String(error))),
      );
      finished += 1;
    }
  };
  const underWay = Array.from({ length: atOnce }, goOn);
  return {
    started: () => started,
    finished: () => finished,
    failures: () => failures,
    stop: async () => {
      isStopping = true;
      await Promise.all(underWay);
    },
  };
};

/** All of them at once; a failure of one is thrown when all have come to an end. */
export const registerAll = async (
  options: RegistrantOptions,
  plans: readonly RegistrantPlan[],
  onEnd: (report: RegistrantReport) => void = () => {},
): Promise<readonly RegistrantReport[]> => {
  const results = await Promise.allSettled(
    plans.map(async (plan) => {
      const report = await register(options, plan);
      onEnd(report);
      return report;
    }),
  );
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (failures.length > 0)
    throw new AggregateError(
      failures,
      failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))).join('\n'),
    );
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
};
