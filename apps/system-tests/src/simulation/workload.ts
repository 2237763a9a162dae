import type { SeededRandom } from '@conference/testing-simulation';

/** Of the call-backs of the processor: what their way does to them. */
export interface CallbackNetwork {
  /** `ordered`: each is repeated until it is answered, before the next one of its payment. `spooled`: each finds its own way. */
  readonly order: 'ordered' | 'spooled';
  readonly lost: number;
  readonly answerLost: number;
  readonly doubled: number;
  readonly delayMsMean: number;
}

/** What people do in a run, and what happens to the machines besides the faults at the ports. */
export interface Workload {
  readonly registrants: number;
  readonly arriveWithinMs: number;
  readonly seatTypes: readonly { readonly price: number; readonly quota: number }[];
  readonly reservationSeconds: number;
  readonly graceSeconds: number;
  /** Quota, price, publication; each at its own time. */
  readonly organiserChanges: number;
  /** How likely an acknowledged command is sent once more, with the same id. */
  readonly impatience: number;
  readonly callbacks: CallbackNetwork;
  /** How likely a restarted service finds its read models gone. */
  readonly readModelsLost: number;
  readonly clockJumps: number;
  /** Whether a new life has another name, and waits for the leases of the last one to run out. */
  readonly newNameEachLife: boolean;
  /** Whether the read models are built anew at the end, and compared. */
  readonly isRebuilt: boolean;
  /** From then on no faults. */
  readonly calmAfterMs: number;
}

/** Ten seats on two types: fewer than the registrants want. */
const scarce = (random: SeededRandom): Workload['seatTypes'] => {
  const first = random.integer(3, 7);
  const isFree = random.chance(0.3);
  return [
    { price: random.pick([4_950, 9_900]), quota: first },
    { price: isFree ? 0 : 19_900, quota: 10 - first },
  ];
};

/** Swarm testing, as of the faults: about half of everything is absent from a run. */
export const drawWorkload = (random: SeededRandom): Workload => {
  const sometimes = (max: number): number => (random.chance(0.5) ? Number((random.random() * max).toFixed(3)) : 0);
  return {
    registrants: random.integer(6, 12),
    arriveWithinMs: random.pick([500, 5_000, 30_000]),
    seatTypes: scarce(random),
    reservationSeconds: random.pick([15, 45, 90]),
    graceSeconds: random.pick([1, 5, 20]),
    organiserChanges: random.chance(0.6) ? random.integer(1, 5) : 0,
    impatience: sometimes(0.5),
    callbacks: {
      order: random.pick(['ordered', 'ordered', 'spooled']),
      lost: sometimes(0.3),
      answerLost: sometimes(0.3),
      doubled: sometimes(0.5),
      delayMsMean: random.pick([5, 200, 5_000]),
    },
    readModelsLost: sometimes(0.5),
    clockJumps: random.chance(0.3) ? random.integer(1, 3) : 0,
    newNameEachLife: random.chance(0.3),
    isRebuilt: random.chance(0.4),
    calmAfterMs: random.integer(20_000, 60_000),
  };
};

/** Nobody is in a hurry and nothing goes wrong. */
export const calmWorkload: Workload = {
  registrants: 1,
  arriveWithinMs: 0,
  seatTypes: [
    { price: 9_900, quota: 6 },
    { price: 0, quota: 4 },
  ],
  reservationSeconds: 60,
  graceSeconds: 5,
  organiserChanges: 0,
  impatience: 0,
  callbacks: { order: 'ordered', lost: 0, answerLost: 0, doubled: 0, delayMsMean: 5 },
  readModelsLost: 0,
  clockJumps: 0,
  newNameEachLife: false,
  isRebuilt: false,
  calmAfterMs: 0,
};
