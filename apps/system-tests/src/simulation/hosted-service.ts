import { type Engines, silent } from '@conference/runtime';
import {
  type BrokerDisk,
  createEventDisk,
  createReadModelDisk,
  type EventDisk,
  faultyMessageBroker,
  faultyReadModelStore,
  memoryEventStore,
  memoryMessageBroker,
  memoryReadModelStore,
  type ReadModelDisk,
  withEventStoreFaults,
} from '@conference/testing-memory';
import {
  crashableEventStore,
  crashableMessageBroker,
  crashableReadModelStore,
  type Epoch,
  type FaultScripts,
  type SeededRandom,
  type SimulatedService,
  type Simulation,
} from '@conference/testing-simulation';

/** The service is down, restarting or too slow: whoever asked may ask again, with the same id. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** A mistake put into a service on purpose, at one of its ports: the simulation has to find it. */
export interface Sabotage {
  readonly eventStore?: (service: string, store: Engines['eventStore'], ids: Engines['ids']) => Engines['eventStore'];
  readonly readModels?: (service: string, store: Engines['readModels']) => Engines['readModels'];
}

/** A service of the system with the disks that outlive it. */
export interface HostedService<Application> {
  readonly service: SimulatedService;
  readonly events: EventDisk;
  readModels(): ReadModelDisk;
  /** The folder is deleted while the service is down: the next life starts without any read model. */
  loseReadModels(): void;
  /** Of the life that lasts. */
  application(): Application | undefined;
  /** As a client over the network: throws {@link NoAnswer}, or what the application throws. */
  ask<Answer>(question: (application: Application) => Promise<Answer>): Promise<Answer>;
}

const answerWithinMs = 8_000;
const refusedAfterMs = 20;

interface HostOptions<Application> {
  readonly name: string;
  readonly sim: Simulation;
  readonly broker: BrokerDisk;
  readonly scripts: FaultScripts;
  readonly sabotage: Sabotage;
  readonly newNameEachLife: boolean;
  /** How likely the read models are gone at a restart; 0 when it is calm. */
  readonly readModelsLost: () => number;
  /** The application of one life, not yet started. */
  readonly application: (engines: Engines) => Application;
  readonly start: (application: Application) => Promise<void>;
}

/** Faults inside, crashes outside: what fails fails on the way, and what dies hears of neither. */
const enginesOf = (
  { name, sim, broker, scripts, sabotage, newNameEachLife }: Omit<HostOptions<unknown>, 'application' | 'start' | 'readModelsLost'>,
  epoch: Epoch,
  disks: { readonly events: EventDisk; readonly readModels: ReadModelDisk },
): Engines => {
  const { timer, ids, random } = epoch;
  const store = memoryEventStore({ clock: timer, disk: disks.events });
  const messages = memoryMessageBroker({ disk: broker, timer });
  epoch.onCrash(() => {
    store.crash();
    messages.crash();
  });
  const documents = memoryReadModelStore({ disk: disks.readModels, clock: timer });
  const eventStore = crashableEventStore(withEventStoreFaults(store, scripts.eventStore), epoch);
  const readModels = crashableReadModelStore(faultyReadModelStore({ store: documents, timer, faults: scripts.readModels }), epoch);
  return {
    eventStore: sabotage.eventStore?.(name, eventStore, ids) ?? eventStore,
    broker: crashableMessageBroker(faultyMessageBroker({ broker: messages, timer, faults: scripts.broker }), epoch, {
      everythingTwice: sim.options.everythingTwice,
    }),
    readModels: sabotage.readModels?.(name, readModels) ?? readModels,
    timer,
    ids,
    random,
    log: silent,
    instance: newNameEachLife ? `${name}#${epoch.number}` : name,
  };
};

export const hostedService = <Application>(options: HostOptions<Application>): HostedService<Application> => {
  const { name, sim, readModelsLost, start } = options;
  const chance: SeededRandom = sim.chance.fork(`host/${name}`);
  const events = createEventDisk();
  let readModels = createReadModelDisk();
  let living: { readonly epoch: Epoch; readonly application: Application } | undefined;

  const loseReadModels = (): void => {
    sim.trace.add(`${name} has lost its read models`);
    readModels = createReadModelDisk();
  };

  const service = sim.service(name, {
    boot: (epoch) => {
      if (epoch.number > 1 && chance.chance(readModelsLost())) loseReadModels();
      const application = options.application(enginesOf(options, epoch, { events, readModels }));
      living = { epoch, application };
      return starting(epoch, () => start(application));
    },
  });

  /** As a process that ends when it cannot start, and is started again. */
  const starting = async (epoch: Epoch, begin: () => Promise<void>): Promise<void> => {
    try {
      await begin();
    } catch (error) {
      sim.trace.add(`${name}#${epoch.number} does not start: ${error instanceof Error ? error.message : String(error)}`);
      if (!epoch.isOver) service.crash();
    }
  };

  const application = (): Application | undefined => (living === undefined || living.epoch.isOver ? undefined : living.application);

  return {
    service,
    events,
    readModels: () => readModels,
    loseReadModels,
    application,
    ask: async (question) => {
      const asked = living;
      if (asked === undefined || asked.epoch.isOver) {
        await sim.timer.sleep(refusedAfterMs);
        throw new NoAnswer(`${name} is down`);
      }
      return new Promise((resolve, reject) => {
        const answered = new AbortController();
        const settle = (end: () => void): void => {
          answered.abort('answered');
          end();
        };
        asked.epoch.whileAlive(question(asked.application)).then(
          (answer) => settle(() => resolve(answer)),
          (error: unknown) => settle(() => reject(error)),
        );
        void sim.timer.sleep(answerWithinMs, { signal: answered.signal }).then(() => reject(new NoAnswer(`${name} does not answer`)));
      });
    },
  };
};
