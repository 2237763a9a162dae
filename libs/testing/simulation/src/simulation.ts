import type { Instant } from '@conference/kernel';
import type { IdGenerator, Timer } from '@conference/ports';
import type { CrashPlan } from './crash-plan.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';
import type { Epoch, ServiceOptions, SimulatedService } from './service.ts';
import { SimulationFailure } from './simulation-failure.ts';
import { calmOptions, type FaultName, type SimulationOptions } from './simulation-options.ts';
import { createTrace, type Trace } from './trace.ts';
import { type RunBudget, type RunResult, virtualTime } from './virtual-time.ts';

export interface SimulationSettings {
  readonly seed: number;
  /** Default {@link calmOptions}. */
  readonly options?: SimulationOptions;
  /** Default: by chance, as the options say. */
  readonly crashes?: CrashPlan;
  /** When virtual time begins. Default 2027-05-02T09:00:00.000Z. */
  readonly startAt?: string;
  /** The line that repeats a run, for the failure. Default `npm run simulate -- --seed <seed>`. */
  readonly command?: (seed: number) => string;
}

export interface Simulation {
  readonly seed: number;
  readonly options: SimulationOptions;
  readonly trace: Trace;
  /** The scenario's own chance. */
  readonly chance: SeededRandom;
  /** True time, of those who do not crash: users, and whoever looks on. */
  readonly timer: Timer;
  readonly ids: IdGenerator;
  elapsedMs(): number;
  /** Await points that all services have come to. */
  points(): number;
  service(name: string, options: ServiceOptions): SimulatedService;
  /** Whether a fault happens now: never while it is calm. */
  happens(fault: FaultName): boolean;
  /** From now on no faults and no crashes: what follows must come to a good end. */
  calmDown(): void;
  /** A task of the scenario. If it throws, the run fails. */
  spawn(name: string, task: () => Promise<void>): void;
  /**
   * Lets virtual time pass until a moment (in milliseconds since the start) or a condition. Throws a
   * {@link SimulationFailure} for an error in a task, a boot or the condition, and when the budget is used up.
   */
  run(until: number | (() => boolean), budget?: RunBudget): Promise<RunResult>;
  /** Lets virtual time pass until a promise is settled, and gives its result. A failure when it never will be. */
  complete<T>(task: Promise<T>, budget?: RunBudget): Promise<T>;
  /** To be thrown: with the seed, the options, the end of the trace, and how to repeat it. */
  failure(reason: string, cause?: unknown): SimulationFailure;
}

const traceTailLines = 40;
const lateMsMax = 60_000;
const never = <T>(): Promise<T> => new Promise(() => {});

/** One run: everything in it is a function of the seed, the options, and the code. */
export const simulation = (settings: SimulationSettings): Simulation => {
  const { seed, options = calmOptions } = settings;
  const crashes: CrashPlan = settings.crashes ?? { kind: 'by-chance', probability: options.faults.crash ?? 0 };
  const startMs = Date.parse(settings.startAt ?? '2027-05-02T09:00:00.000Z');
  const seeded = seededRandom(seed);
  const [faultChance, crashChance] = [seeded.fork('faults'), seeded.fork('crashes')];
  const trace = createTrace();
  const time = virtualTime();
  let points = 0;
  let isCalm = false;
  let failed: SimulationFailure | undefined;

  const instantAt = (skewMs: number): Instant => new Date(startMs + Math.floor(time.elapsedMs()) + skewMs).toISOString() as Instant;
  const line = (text: string): void => trace.add(`${time.elapsedMs().toFixed(1)} ${text}`);
  const failure = (reason: string, cause?: unknown): SimulationFailure =>
    new SimulationFailure(
      reason,
      {
        seed,
        options,
        command: settings.command?.(seed) ?? `npm run simulate -- --seed ${seed}`,
        traceHash: trace.hash(),
        traceTail: trace.tail(traceTailLines),
        at: `${instantAt(0)} (${time.elapsedMs().toFixed(1)} ms)`,
      },
      cause === undefined ? undefined : { cause },
    );
  const fail = (reason: string, cause: unknown): void => {
    failed ??= failure(`${reason}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  };
  const happens = (fault: FaultName): boolean => {
    const probability = options.faults[fault] ?? 0;
    if (isCalm || probability === 0 || !faultChance.chance(probability)) return false;
    line(`! ${fault}`);
    return true;
  };
  const isCrash = (): boolean => {
    if (isCalm || crashes.kind === 'never') return false;
    return crashes.kind === 'at-point' ? points === crashes.point : crashes.probability > 0 && crashChance.chance(crashes.probability);
  };

  const service = (name: string, { boot, restarts = true }: ServiceOptions): SimulatedService => {
    const chance = seeded.fork(`service/${name}`);
    let skewMs = chance.integer(-options.clockSkewMsMax, options.clockSkewMsMax);
    let living: (Epoch & { readonly end: () => void }) | undefined;
    let starts = 0;

    const crash: SimulatedService['crash'] = () => {
      if (living === undefined) return;
      line(`${name}#${living.number} crashes`);
      living.end();
      living = undefined;
      if (restarts) void time.sleep(chance.integer(1, options.restartMsMax)).then(() => (living === undefined ? start() : undefined));
    };

    const start = (): Epoch => {
      if (living !== undefined) throw new Error(`${name} is running`);
      starts += 1;
      const own = seeded.fork(`service/${name}#${starts}`);
      line(`${name}#${starts} starts`);
      living = epoch({ name, number: starts, own, skewMs: () => skewMs, crash });
      const booted = living;
      void (async () => boot(booted))().catch((error: unknown) => {
        if (!booted.isOver) fail(`${name} does not start`, error);
      });
      return booted;
    };

    return {
      name,
      get epoch() {
        return living;
      },
      get starts() {
        return starts;
      },
      start,
      crash,
      setClockSkew: (milliseconds) => {
        line(`${name} clock skew ${milliseconds}`);
        skewMs = milliseconds;
      },
    };
  };

  const epoch = (of: {
    readonly name: string;
    readonly number: number;
    readonly own: SeededRandom;
    readonly skewMs: () => number;
    readonly crash: () => void;
  }): Epoch & { readonly end: () => void } => {
    const [ids, jitter, delays] = [of.own.fork('ids'), of.own.fork('jitter'), of.own.fork('delays')];
    const listeners: (() => void)[] = [];
    let isOver = false;
    const sleep: Timer['sleep'] = (milliseconds, { signal } = {}) =>
      time.sleep(milliseconds + (milliseconds > 0 && happens('timer-late') ? delays.integer(1, lateMsMax) : 0), { signal, owner: self });
    const self: Epoch & { readonly end: () => void } = {
      service: of.name,
      number: of.number,
      get isOver() {
        return isOver;
      },
      timer: { now: () => instantAt(of.skewMs()), sleep },
      ids: { next: ids.uuid },
      random: jitter.random,
      at: async (point) => {
        if (isOver) return never();
        points += 1;
        line(`${of.name}#${of.number} ${point}`);
        if (!isCrash()) return;
        await undefined; // never within the caller's own turn: an engine may be half-way through one of its own
        if (!isOver) of.crash();
        return never();
      },
      delay: () =>
        options.latencyMsMean === 0 ? Promise.resolve() : time.sleep(delays.exponential(options.latencyMsMean), { owner: self }),
      whileAlive: (result) =>
        new Promise((resolve, reject) => {
          result.then(
            (value) => (isOver ? undefined : resolve(value)),
            (error: unknown) => (isOver ? undefined : reject(error)),
          );
        }),
      onCrash: (listener) => void listeners.push(listener),
      end: () => {
        isOver = true;
        time.forget(self);
        for (const listener of listeners.splice(0)) listener();
      },
    };
    return self;
  };

  const run: Simulation['run'] = async (until, budget) => {
    const condition = typeof until === 'number' ? undefined : () => failed !== undefined || until();
    let result: RunResult;
    try {
      result = await time.run(condition ?? (until as number), budget);
    } catch (error) {
      fail('an invariant is broken', error);
      result = { status: 'exhausted', steps: 0 };
    }
    if (failed !== undefined) throw failed;
    if (result.status === 'exhausted') throw failure(`not done within the budget, after ${result.steps} steps`);
    return result;
  };

  return {
    seed,
    options,
    trace,
    chance: seeded.fork('scenario'),
    timer: { now: () => instantAt(0), sleep: (milliseconds, { signal } = {}) => time.sleep(milliseconds, { signal }) },
    ids: { next: seeded.fork('ids').uuid },
    elapsedMs: time.elapsedMs,
    points: () => points,
    service,
    happens,
    calmDown: () => {
      line('calm');
      isCalm = true;
    },
    spawn: (name, task) => {
      void (async () => task())().catch((error: unknown) => fail(`${name} failed`, error));
    },
    run,
    complete: async (task, budget) => {
      let isSettled = false;
      const settle = (): void => {
        isSettled = true;
      };
      task.then(settle, settle);
      if ((await run(() => isSettled, budget)).status === 'idle') throw failure('what is waited for never comes');
      return task;
    },
    failure,
  };
};
