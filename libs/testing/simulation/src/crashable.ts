import type { EventStore, MessageBroker, ReadModelStore, Subscription } from '@conference/ports';
import type { Epoch } from './service.ts';

/** `<port>.<operation>:before` and `:after`: where the engine has not been asked yet, and where it has done its work. */
const awaitPoints =
  (epoch: Epoch, port: string) =>
  async <Result>(operation: string, call: () => Promise<Result>): Promise<Result> => {
    await epoch.at(`${port}.${operation}:before`);
    await epoch.delay();
    // Refusals and errors are answers too: the crash may come before they are heard.
    const answer = await call().then(
      (value) => () => value,
      (error: unknown) => (): never => {
        throw error;
      },
    );
    await epoch.delay();
    await epoch.at(`${port}.${operation}:after`);
    return answer();
  };

/** As {@link awaitPoints}, with one more point at each page. */
async function* awaitedPages<Page>(epoch: Epoch, point: string, pages: AsyncIterable<Page>): AsyncGenerator<Page, void> {
  await epoch.at(`${point}:before`);
  await epoch.delay();
  for await (const page of pages) {
    await epoch.delay();
    await epoch.at(`${point}:page`);
    yield page;
  }
  await epoch.at(`${point}:after`);
}

/** The store as one life of a service sees it: every call is an await point, takes time, and dies with the service. */
export const crashableEventStore = (store: EventStore, epoch: Epoch): EventStore => {
  const call = awaitPoints(epoch, 'eventStore');
  return {
    append: (stream, expected, events) => call(`append ${stream}`, () => store.append(stream, expected, events)),
    readStream: (stream, options) => awaitedPages(epoch, `eventStore.readStream ${stream}`, store.readStream(stream, options)),
    subscribeToAll: (options) => awaitedPages(epoch, 'eventStore.subscribeToAll', store.subscribeToAll(options)),
    loadSnapshot: (stream, foldVersion) => call(`loadSnapshot ${stream}`, () => store.loadSnapshot(stream, foldVersion)),
    saveSnapshot: (stream, snapshot) => call(`saveSnapshot ${stream}`, () => store.saveSnapshot(stream, snapshot)),
    close: () => call('close', () => store.close()),
  };
};

/**
 * As {@link crashableEventStore}. With `everythingTwice` each publication is sent twice, and each batch handed over twice
 * before it is acknowledged: at least once, taken literally. The event store's feed has no such option, because its port
 * promises that nothing appears before a position already seen.
 */
export const crashableMessageBroker = (
  broker: MessageBroker,
  epoch: Epoch,
  { everythingTwice = false }: { readonly everythingTwice?: boolean } = {},
): MessageBroker => {
  const call = awaitPoints(epoch, 'broker');
  const times = everythingTwice ? [1, 2] : [1];
  return {
    publish: async (topic, messages) => {
      for (const _ of times) await call(`publish ${topic}`, () => broker.publish(topic, messages));
    },
    subscribe: async ({ handle, ...options }) => {
      const handleTimes = async (batch: Parameters<typeof handle>[0]): Promise<void> => {
        for (const _ of times) await call(`handle ${batch.topic}`, () => handle(batch));
      };
      return alive(await call(`subscribe ${options.group}`, () => broker.subscribe({ ...options, handle: handleTimes })), epoch);
    },
    close: () => call('close', () => broker.close()),
  };
};

const alive = (subscription: Subscription, epoch: Epoch): Subscription => ({
  pause: () => (epoch.isOver ? undefined : subscription.pause()),
  resume: () => (epoch.isOver ? undefined : subscription.resume()),
  lag: () => epoch.whileAlive(subscription.lag()),
  health: () => subscription.health(),
  ended: epoch.whileAlive(subscription.ended),
});

/** As {@link crashableEventStore}. */
export const crashableReadModelStore = (store: ReadModelStore, epoch: Epoch): ReadModelStore => {
  const call = awaitPoints(epoch, 'readModels');
  return {
    create: (collection, build) => call(`create ${collection.name}`, () => store.create(collection, build)),
    active: (collection) => call(`active ${collection.name}`, () => store.active(collection)),
    activate: (build) => call(`activate ${build.collection.name}`, () => store.activate(build)),
    drop: (build) => call(`drop ${build.collection.name}`, () => store.drop(build)),
    checkpoint: (build) => call(`checkpoint ${build.collection.name}`, () => store.checkpoint(build)),
    load: (build, ids) => call(`load ${build.collection.name}`, () => store.load(build, ids)),
    commit: (build, batch) => call(`commit ${build.collection.name}`, () => store.commit(build, batch)),
    lease: (name, owner, ttlMs) => call(`lease ${name}`, () => store.lease(name, owner, ttlMs)),
    get: (collection, id) => call(`get ${collection.name}`, () => store.get(collection, id)),
    find: (collection, query) => call(`find ${collection.name}`, () => store.find(collection, query)),
    close: () => call('close', () => store.close()),
  };
};
