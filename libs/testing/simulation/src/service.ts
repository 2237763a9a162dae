import type { IdGenerator, Random, Timer } from '@conference/ports';

/**
 * One life of a service, from its start to its crash. After the crash nothing of it goes on: its sleeps never end, and
 * its port calls are never answered, whether they have taken effect or not.
 */
export interface Epoch {
  readonly service: string;
  /** 1 for the first life. */
  readonly number: number;
  readonly isOver: boolean;
  /** Virtual time as this service's clock shows it. */
  readonly timer: Timer;
  readonly ids: IdGenerator;
  /** For jitter. */
  readonly random: Random;
  /** An await point: where the crash may be, and where nothing returns from once this life is over. Counted and traced. */
  at(point: string): Promise<void>;
  /** The delay of a port call, drawn from the seed. */
  delay(): Promise<void>;
  /** The result, if this life still lasts when it comes; otherwise nothing, ever. For what a client is told. */
  whileAlive<T>(result: Promise<T>): Promise<T>;
  /** To be told of the crash: engines that live in the service's memory die with it. */
  onCrash(listener: () => void): void;
}

export interface ServiceOptions {
  /**
   * Builds the service on disks that outlive it; called for every life. An error while this life lasts is a failure of
   * the run.
   */
  readonly boot: (epoch: Epoch) => Promise<void> | void;
  /** Comes back by itself some time after a crash, within `restartMsMax` of the options. Default true. */
  readonly restarts?: boolean;
}

export interface SimulatedService {
  readonly name: string;
  /** Of the life that lasts; undefined while it is down. */
  readonly epoch: Epoch | undefined;
  /** Lives begun. */
  readonly starts: number;
  start(): Epoch;
  /** `kill -9`, at once. */
  crash(): void;
  /** Sets its clock wrong by this much from now on, forwards or (negative) backwards. */
  setClockSkew(milliseconds: number): void;
}
