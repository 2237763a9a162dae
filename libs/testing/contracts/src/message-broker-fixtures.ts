import { randomUUID } from 'node:crypto';
import type { MessageBroker, Subscription } from '@conference/ports';
import { afterEach, test } from 'vitest';
import type { Recorder } from './message-broker-recorder.ts';

/** One place where topics lie, for one test. */
export interface MessageBrokerUnderTest {
  /** As after a restart, or as another process: one more broker on the same topics. Default: it publishes them all. */
  connect(options?: { readonly publishes?: readonly string[] }): Promise<MessageBroker>;
  /** Puts any text where a message would be. The topic is there. */
  writeRaw(topic: string, text: string): Promise<void>;
  /** After the brokers were closed. */
  cleanUp(): Promise<void>;
}

export interface Subscribed extends Subscription {
  stop(): Promise<void>;
}

/** What an engine does not promise is not a test of it. */
export const testIf = (isPromised: boolean): ((title: string, run: () => Promise<void>) => void) => (isPromised ? test : () => {});

/** Makes what one test needs, and cleans up after each. */
export const brokerSetUp = (create: (options: { readonly topics: readonly string[] }) => Promise<MessageBrokerUnderTest>) => {
  const cleanUps: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  return async () => {
    const id = randomUUID();
    const [topic, otherTopic] = [`contract.facts-${id}.v1`, `contract.others-${id}.v1`] as const;
    const created = await create({ topics: [topic, otherTopic] });
    cleanUps.push(() => created.cleanUp());
    const connect = async (options?: { readonly publishes?: readonly string[] }): Promise<MessageBroker> => {
      const broker = await created.connect(options);
      cleanUps.push(() => broker.close());
      return broker;
    };
    const subscribe = async (
      broker: MessageBroker,
      recorder: Recorder,
      change: { readonly group?: string; readonly from?: 'earliest' | 'latest'; readonly topics?: readonly string[] } = {},
    ): Promise<Subscribed> => {
      const abort = new AbortController();
      const { group = 'group', from = 'earliest', topics = [topic] } = change;
      const subscription = await broker.subscribe({
        topics,
        group: `${group}-${id}`,
        from,
        signal: abort.signal,
        handle: recorder.handle,
      });
      const stop = async (): Promise<void> => {
        abort.abort();
        await subscription.ended;
      };
      cleanUps.push(stop);
      return Object.assign(subscription, { stop });
    };
    return { topic, otherTopic, connect, subscribe, writeRaw: (text: string) => created.writeRaw(topic, text) };
  };
};
export type BrokerSetUp = ReturnType<typeof brokerSetUp>;
