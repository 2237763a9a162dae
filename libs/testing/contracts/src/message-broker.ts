import { describe } from 'vitest';
import { describeAcknowledgement } from './message-broker-acknowledgement.ts';
import { type MessageBrokerCapabilities, messageBrokerCapabilities } from './message-broker-capabilities.ts';
import { describeControl } from './message-broker-control.ts';
import { describeDelivery } from './message-broker-delivery.ts';
import { brokerSetUp, type MessageBrokerUnderTest } from './message-broker-fixtures.ts';
import { describeGroups } from './message-broker-groups.ts';

export interface MessageBrokerContractOptions {
  readonly name: string;
  /** The topics do not exist yet. */
  readonly create: (options: { readonly topics: readonly string[] }) => Promise<MessageBrokerUnderTest>;
  readonly capabilities?: Partial<MessageBrokerCapabilities>;
  /** Of one test. Default 10 s; a broker over a network needs more. */
  readonly timeoutMs?: number;
}

/** The guarantees of `MessageBroker`, for every engine. */
export const messageBrokerContract = ({ name, create, capabilities, timeoutMs = 10_000 }: MessageBrokerContractOptions): void => {
  const promised = { ...messageBrokerCapabilities, ...capabilities };
  describe(`${name} as a message broker`, { timeout: timeoutMs }, () => {
    const setUp = brokerSetUp(create);
    describeDelivery(setUp, promised);
    describeGroups(setUp, promised);
    describeAcknowledgement(setUp);
    describeControl(setUp);
  });
};
