import type { InboundBatch, InboundMessage, MessageBroker, OutgoingMessage, Timer } from '@conference/ports';

/** What an injected failure throws: nothing else does, so a test can tell it from a real one. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

/** For `publish`. */
export type PublishFault =
  /** Written, but the caller is told that it failed. */
  | { readonly fault: 'acknowledgement-lost' }
  | { readonly fault: 'not-written' }
  /** The first half is written, and it fails. */
  | { readonly fault: 'partly-written' }
  /** Written twice, one after the other, as by a producer that tried again. */
  | { readonly fault: 'duplicated' }
  | { readonly fault: 'delayed'; readonly milliseconds: number };

/** For a batch on its way to `handle`. */
export type DeliveryFault =
  /** The batch is handed over twice, then acknowledged. */
  | { readonly fault: 'duplicated' }
  /** A crash before the acknowledgement: handled, and delivered again by the engine. */
  | { readonly fault: 'acknowledgement-lost' }
  /** Not handed over now, delivered again by the engine. */
  | { readonly fault: 'not-delivered' }
  /**
   * Within the batch the keys change places; messages of one key keep their order, and none is missing. Across batches
   * nothing moves, since an engine acknowledges whole batches.
   */
  | { readonly fault: 'reordered' }
  /** Something that is not a message comes before the batch, at a place that exists nowhere else. */
  | { readonly fault: 'undecodable'; readonly text: string }
  | { readonly fault: 'delayed'; readonly milliseconds: number };

export type BrokerFault = PublishFault | DeliveryFault;

/** `n` counts the calls of the operation from 1. The same answers make the same run. */
export type BrokerFaults = (operation: 'publish' | 'deliver', n: number) => BrokerFault | undefined;

export interface FaultyMessageBrokerOptions {
  readonly broker: MessageBroker;
  /** Of the delays. */
  readonly timer: Timer;
  readonly faults: BrokerFaults;
}

/**
 * Any engine with faults on demand. All of them are within the port's guarantees: a correct caller loses nothing. A fault
 * that does not fit the operation is a programmer's error and throws `TypeError`.
 */
export const faultyMessageBroker = ({ broker, timer, faults }: FaultyMessageBrokerOptions): MessageBroker => {
  const calls = { publish: 0, deliver: 0 };
  const nextFault = (operation: 'publish' | 'deliver'): BrokerFault | undefined => {
    calls[operation] += 1;
    return faults(operation, calls[operation]);
  };
  return {
    publish: (topic, messages) => publishWith(nextFault('publish'), timer, messages, (written) => broker.publish(topic, written)),
    subscribe: (options) =>
      broker.subscribe({
        ...options,
        handle: (batch) => {
          const fault = nextFault('deliver');
          return deliverWith(fault, timer, batch, calls.deliver, options.handle);
        },
      }),
    close: () => broker.close(),
  };
};

const publishWith = async (
  fault: BrokerFault | undefined,
  timer: Timer,
  messages: readonly OutgoingMessage[],
  publish: (messages: readonly OutgoingMessage[]) => Promise<void>,
): Promise<void> => {
  switch (fault?.fault) {
    case undefined:
      return publish(messages);
    case 'acknowledgement-lost':
      await publish(messages);
      throw new InjectedFault('published, and the acknowledgement is lost');
    case 'not-written':
      throw new InjectedFault('not published');
    case 'partly-written':
      await publish(messages.slice(0, Math.floor(messages.length / 2)));
      throw new InjectedFault('published in part');
    case 'duplicated':
      await publish(messages);
      return publish(messages);
    case 'delayed':
      await timer.sleep(fault.milliseconds);
      return publish(messages);
    default:
      throw new TypeError(`${fault?.fault} is no fault of a publication`);
  }
};

const deliverWith = async (
  fault: BrokerFault | undefined,
  timer: Timer,
  batch: InboundBatch,
  n: number,
  handle: (batch: InboundBatch) => Promise<void>,
): Promise<void> => {
  switch (fault?.fault) {
    case undefined:
      return handle(batch);
    case 'duplicated':
      await handle(batch);
      return handle(batch);
    case 'acknowledgement-lost':
      await handle(batch);
      throw new InjectedFault(`the acknowledgement of batch ${n} is lost`);
    case 'not-delivered':
      throw new InjectedFault(`batch ${n} is not delivered`);
    case 'reordered':
      return handle({ topic: batch.topic, messages: reordered(batch.messages) });
    case 'undecodable':
      return handle({ topic: batch.topic, messages: [{ undecodable: fault.text, at: `${batch.topic}/injected/${n}` }, ...batch.messages] });
    case 'delayed':
      await timer.sleep(fault.milliseconds);
      return handle(batch);
    default:
      throw new TypeError(`${fault?.fault} is no fault of a delivery`);
  }
};

/** The key seen last comes first. */
const reordered = (messages: readonly InboundMessage[]): readonly InboundMessage[] => {
  const byKey = new Map<string, InboundMessage[]>();
  for (const message of messages) {
    const key = 'undecodable' in message ? `at ${message.at}` : `key ${message.key}`;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [message]);
    else known.push(message);
  }
  return [...byKey.values()].reverse().flat();
};
