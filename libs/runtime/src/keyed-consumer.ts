import type { Position } from '@conference/kernel';
import { EngineUnavailable, type FeedBatch, type Random, type StoredEvent, type Timer } from '@conference/ports';
import { type Checkpoint, Fenced } from './checkpoints.ts';
import type { FeedConsumer } from './feed.ts';
import type { Log } from './log.ts';
import { noPressure, type Pressure } from './pressure.ts';
import { backoffMs, endsWithin, untilDone } from './retry.ts';

/** It may work later: retried in place for as long as it takes. Everything else is tried a few times and then parked. */
export class Transient extends Error {
  override readonly name = 'Transient';
}

export const isTransient = (error: unknown): boolean => error instanceof Transient || error instanceof EngineUnavailable;

/** Where an event goes that cannot be handled. Durable when resolved. */
export interface ParkingLot {
  /** Whether an earlier one of this subject is parked for this consumer: then it has to wait behind it. */
  isParked(consumer: string, subject: string): boolean;
  park(consumer: string, stored: StoredEvent, error: unknown): Promise<void>;
  /** Because an earlier one is parked; it follows when that is retried or skipped, also when that is being done just now. */
  parkBehind(consumer: string, stored: StoredEvent): Promise<void>;
}

/** `mayBeRepeat` is false only when nobody has handled the event before, in this process or in another one. */
export type HandleOne = (stored: StoredEvent, mayBeRepeat: boolean) => Promise<void>;

export interface KeyedConsumer extends FeedConsumer {
  /** Once more, for a parked event. Throws what `handleOne` throws. */
  redrive(stored: StoredEvent): Promise<void>;
  /** Resolves when everything taken in so far has taken effect and is covered by the checkpoint. */
  idle(): Promise<void>;
  /** Bounded: what does not end comes again after the restart. */
  drain(): Promise<void>;
}

type Slot = { readonly position: Position; done: boolean };

const attemptsMax = 3;
/** As many as make a group commit worth it, also when a turn of the event loop takes long. */
const inFlightMaxDefault = 256;
/** After this time nothing steps back any more. */
const deferredMsMax = 10_000;
const deferredPollMs = 20;
const saveEveryMs = 200;
const drainWithinMs = 4_000;

/** A command that was sent by a process manager or a policy, not from outside. */
const isReaction = (actor: string): boolean => /^(process|policy):/.test(actor);

/**
 * Ordered per key, many keys in flight: without that, group commit never gets a group. The checkpoint is the position
 * before the lowest unfinished event, so a crash repeats some events and loses none.
 */
export const keyedConsumer = (options: {
  readonly name: string;
  readonly categories: readonly string[];
  readonly keyOf: (stored: StoredEvent) => string;
  /** Must be idempotent. */
  readonly handleOne: HandleOne;
  readonly checkpoint: Checkpoint;
  readonly parking: ParkingLot;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly inFlightMax?: number;
  /** While it is high, events that are the first to follow from a command from outside are not begun: the others end what was begun. */
  readonly pressure?: Pressure;
}): KeyedConsumer => {
  const { pressure = noPressure } = options;
  const { name, handleOne, keyOf, checkpoint, parking, timer, random, log, signal } = options;
  const inFlightMax = options.inFlightMax ?? inFlightMaxDefault;
  const tails = new Map<string, Promise<void>>();
  const slots: Slot[] = [];
  let inFlight = 0;
  let frontier: Position;
  let saved: Position;
  let saving: Promise<void> | undefined;
  let fenced: Fenced | undefined;
  let freed: (() => void)[] = [];
  /** What was there when this runner began may have been handled by the one before it. */
  let hasCaughtUp = false;

  /** False: it was cut off. */
  const handleWithPatience = async (stored: StoredEvent, mayBeRepeat: boolean): Promise<boolean> => {
    for (let attempt = 0, failures = 0; ; attempt++) {
      try {
        if (parking.isParked(name, stored.streamName)) await parking.parkBehind(name, stored);
        else await handleOne(stored, mayBeRepeat || attempt > 0);
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        if (!isTransient(error) && ++failures >= attemptsMax) {
          log.error(
            { consumer: name, stream: stored.streamName, version: stored.streamVersion, err: error },
            'an event cannot be handled and is parked',
          );
          await untilDone(() => parking.park(name, stored, error), {
            timer,
            random,
            signal,
            onError: (err) => log.error({ consumer: name, err }, 'parking failed, trying again'),
          });
          return true;
        }
        await timer.sleep(backoffMs({ firstMs: 10, maxMs: 2_000 }, attempt, random), { signal });
        if (signal.aborted) return false;
      }
    }
  };

  const isDeferred = ({ metadata, recordedAt }: StoredEvent): boolean =>
    pressure.isHigh() && !isReaction(metadata.actor) && Date.parse(timer.now()) - Date.parse(recordedAt) < deferredMsMax;

  const moveFrontier = (): void => {
    let finished = 0;
    for (; slots[finished]?.done === true; finished++) frontier = slots[finished]?.position ?? frontier;
    slots.splice(0, finished);
  };

  const saveFrontier = async (): Promise<void> => {
    const position = frontier;
    try {
      if (position > saved) await checkpoint.save(saved, position);
      saved = position;
    } catch (error) {
      log.warn({ consumer: name, err: error }, 'checkpoint not saved');
      if (error instanceof Fenced) fenced = error;
    }
  };

  const advance = (): void => {
    moveFrontier();
    if (frontier > saved && saving === undefined && fenced === undefined && !signal.aborted) saving = save();
  };

  const save = async (): Promise<void> => {
    await timer.sleep(saveEveryMs, { signal });
    await saveFrontier();
    saving = undefined;
    if (!signal.aborted) advance();
  };

  const settle = async (): Promise<void> => {
    await Promise.all(tails.values());
    while (saving !== undefined) await saving;
  };

  const start = (stored: StoredEvent, slot: Slot): void => {
    const key = keyOf(stored);
    const mayBeRepeat = !hasCaughtUp;
    inFlight++;
    const task = (tails.get(key) ?? Promise.resolve())
      .then(() => (signal.aborted ? false : handleWithPatience(stored, mayBeRepeat)))
      .catch((error: unknown) => {
        log.error({ consumer: name, err: error }, 'an event was given up while stopping');
        return false;
      })
      .then((isHandled) => {
        if (tails.get(key) === task) tails.delete(key);
        inFlight--;
        slot.done = isHandled; // what was cut off comes again after the restart
        advance();
        const waiting = freed;
        freed = [];
        for (const resume of waiting) resume();
      });
    tails.set(key, task);
  };

  return {
    name,
    categories: options.categories,
    checkpoint: async () => {
      frontier = await checkpoint.load();
      saved = frontier;
      hasCaughtUp = false;
      return frontier;
    },
    handle: async (batch: FeedBatch) => {
      if (fenced !== undefined) throw fenced;
      for (const stored of batch.events) {
        while (!signal.aborted && isDeferred(stored)) await timer.sleep(deferredPollMs, { signal });
        while (inFlight >= inFlightMax && !signal.aborted) await new Promise<void>((resolve) => freed.push(resolve));
        if (signal.aborted) return;
        const slot = { position: stored.position, done: false };
        slots.push(slot);
        start(stored, slot);
      }
      slots.push({ position: batch.position, done: true });
      hasCaughtUp ||= batch.caughtUp;
      advance();
    },
    redrive: (stored) => handleOne(stored, true),
    idle: settle,
    drain: async () => {
      if (!(await endsWithin(settle(), drainWithinMs, timer))) log.warn({ consumer: name }, 'something in flight does not end');
      moveFrontier();
      if (fenced === undefined && saving === undefined && frontier > saved) await saveFrontier();
    },
  };
};
