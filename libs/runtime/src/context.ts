import type { Position } from '@conference/kernel';
import type { EventStore, IdGenerator, MessageBroker, Random, ReadModelStore, Subscription, Timer } from '@conference/ports';
import type { Log } from './log.ts';
import type { Parking } from './parking/parking.ts';

/** The engines and the sources of time, ids and chance that a service runs on. Nothing of a context knows which they are. */
export interface Engines {
  readonly eventStore: EventStore;
  readonly broker: MessageBroker;
  readonly readModels: ReadModelStore;
  readonly timer: Timer;
  readonly ids: IdGenerator;
  readonly random: Random;
  readonly log: Log;
  /** Of this instance, for leases. Engines that only one process can open may use the same one after a restart. */
  readonly instance: string;
}

/** Where a context is at work: for health, metrics and the operator. */
export interface ContextStatus {
  readonly projections: readonly { readonly name: string; readonly position: string; readonly lag: number; readonly isFilled: boolean }[];
  readonly caughtUpOnce: boolean;
  /** How many events the publisher is behind, and what stops it; undefined while this instance publishes nothing. */
  readonly publishing: { readonly lag: number; readonly problem: string | undefined } | undefined;
  readonly imports: ReturnType<Subscription['health']>;
  readonly importLag: () => Promise<number>;
}

export interface ContextRuntime {
  /** Returns when everything is running; `ready()` says when the projections have caught up. */
  start(): Promise<void>;
  /** Resolves when every projection has caught up once since the start. */
  ready(): Promise<void>;
  status(): ContextStatus;
  /** Until a projection has seen a position; false when that takes longer, or when there is no such projection. */
  waitFor(projection: string, position: Position, withinMs: number): Promise<boolean>;
  /** A projection's documents from the origin, beside the live ones. False: no such projection. */
  rebuild(name: string): Promise<boolean>;
  republish(subject: string): Promise<boolean>;
  /** Everything after a position once more, in the background. False: nothing is published here. */
  republishFrom(position: string): boolean;
  readonly parking: Parking;
  /**
   * Stops taking in, lets what is in flight end, and saves the checkpoints; the engines stay open. Never longer than nine
   * seconds: what does not end by then comes again after the restart.
   */
  stop(): Promise<void>;
}
