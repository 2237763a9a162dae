import type { Simulation } from './simulation.ts';
import type { FaultName } from './simulation-options.ts';

type EventStoreFault = { readonly kind: 'acknowledgement-lost' | 'request-lost' | 'unavailable' };
type PublishFault = { readonly fault: 'acknowledgement-lost' | 'not-written' | 'partly-written' | 'duplicated' };
type DeliveryFault = { readonly fault: 'duplicated' | 'acknowledgement-lost' | 'not-delivered' | 'reordered' };
type ReadModelFault = { readonly fault: 'failed-before' | 'failed-after' | 'fenced' };

/** Answers the fault-injecting decorators of the in-memory engines: what goes wrong, as the options and the seed say. */
export interface FaultScripts {
  readonly eventStore: (operation: { readonly name: string }) => EventStoreFault | undefined;
  readonly broker: (operation: 'publish' | 'deliver') => PublishFault | DeliveryFault | undefined;
  readonly readModels: (operation: string) => ReadModelFault | undefined;
}

type Named<Fault> = readonly (readonly [name: FaultName, fault: Fault])[];

const writeFaults: Named<EventStoreFault> = [
  ['append-acknowledgement-lost', { kind: 'acknowledgement-lost' }],
  ['append-request-lost', { kind: 'request-lost' }],
  ['store-unavailable', { kind: 'unavailable' }],
];
const readFaults: Named<EventStoreFault> = [['store-unavailable', { kind: 'unavailable' }]];
const feedFaults: Named<EventStoreFault> = [['feed-broken', { kind: 'unavailable' }]];
const publishFaults: Named<PublishFault> = [
  ['publish-acknowledgement-lost', { fault: 'acknowledgement-lost' }],
  ['publish-not-written', { fault: 'not-written' }],
  ['publish-partly-written', { fault: 'partly-written' }],
  ['publish-duplicated', { fault: 'duplicated' }],
];
const deliveryFaults: Named<DeliveryFault> = [
  ['delivery-duplicated', { fault: 'duplicated' }],
  ['delivery-acknowledgement-lost', { fault: 'acknowledgement-lost' }],
  ['delivery-not-delivered', { fault: 'not-delivered' }],
  ['delivery-reordered', { fault: 'reordered' }],
];
const callFaults: Named<ReadModelFault> = [
  ['read-model-failed-before', { fault: 'failed-before' }],
  ['read-model-failed-after', { fault: 'failed-after' }],
];
const commitFaults: Named<ReadModelFault> = [...callFaults, ['read-model-fenced', { fault: 'fenced' }]];

export const faultScripts = ({ happens }: Pick<Simulation, 'happens'>): FaultScripts => {
  const first = <Fault>(faults: Named<Fault>): Fault | undefined => faults.find(([name]) => happens(name))?.[1];

  return {
    eventStore: ({ name }) => {
      if (name === 'append' || name === 'saveSnapshot') return first(writeFaults);
      return name === 'feedBatch' || name === 'subscribeToAll' ? first(feedFaults) : first(readFaults);
    },
    broker: (operation) => (operation === 'publish' ? first(publishFaults) : first(deliveryFaults)),
    readModels: (operation) => (operation === 'commit' ? first(commitFaults) : first(callFaults)),
  };
};
