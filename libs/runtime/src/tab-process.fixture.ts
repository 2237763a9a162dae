import { type Command, type DomainEvent, type Instant, type Message, type ProcessManager, streamName } from '@conference/kernel';
import { eventCodec } from './event-codec.ts';

/** A tab: opened with a limit, charged for each round, and closed when a charge is refused or the evening is over. */
export type TabEvent =
  | DomainEvent<'TabOpened', { readonly tab: string; readonly closesAt: string }>
  | DomainEvent<'RoundOrdered', { readonly tab: string; readonly price: number }>
  | DomainEvent<'EveningExtended', { readonly tab: string; readonly closesAt: string }>
  | DomainEvent<'Settled', { readonly tab: string }>;
export type TabInput =
  | Message<'Opened', { readonly closesAt: string }>
  | Message<'Round', { readonly price: number }>
  | Message<'Extended', { readonly closesAt: string }>
  | Message<'Settled', Record<string, never>>;
export type TabCommand =
  | Command<'Charge', { readonly tab: string; readonly price: number }>
  | Command<'Close', { readonly tab: string; readonly because: string }>;
export type TabState = { readonly inputs: readonly string[] };

export const tabProcess: ProcessManager<TabState, TabEvent, TabInput, TabCommand> = {
  name: 'TabProcess',
  categories: ['Tab'],
  correlate: ({ type, data }) => {
    switch (type) {
      case 'TabOpened':
        return { instance: data.tab, facts: { type: 'Opened', data: { closesAt: data.closesAt } } };
      case 'RoundOrdered':
        return { instance: data.tab, facts: { type: 'Round', data: { price: data.price } } };
      case 'EveningExtended':
        return { instance: data.tab, facts: { type: 'Extended', data: { closesAt: data.closesAt } } };
      case 'Settled':
        return { instance: data.tab, facts: { type: 'Settled', data: {} } };
    }
  },
  initialState: { inputs: [] },
  evolve: ({ inputs }, { data }) => ({ inputs: [...inputs, data.input.message.type] }),
  react: (_, { message }) => {
    switch (message.type) {
      case 'Opened':
      case 'Extended':
        return [{ setDeadline: 'evening', at: message.data.closesAt as Instant }];
      case 'Round':
        return [
          { send: { type: 'Charge', data: { tab: 't', price: message.data.price } } },
          { send: { type: 'Charge', data: { tab: 't', price: 1 } } },
        ];
      case 'Settled':
        return [{ clearDeadline: 'evening' }];
      case 'CommandRejected':
        return [{ send: { type: 'Close', data: { tab: 't', because: message.data.code } } }];
      case 'DeadlineReached':
        return [{ send: { type: 'Close', data: { tab: 't', because: message.data.deadline } } }];
    }
  },
};
export const tabCodec = eventCodec<TabEvent>({
  TabOpened: { version: 1, parse: ({ tab, closesAt }) => ({ tab: String(tab), closesAt: String(closesAt) }) },
  RoundOrdered: { version: 1, parse: ({ tab, price }) => ({ tab: String(tab), price: Number(price) }) },
  EveningExtended: { version: 1, parse: ({ tab, closesAt }) => ({ tab: String(tab), closesAt: String(closesAt) }) },
  Settled: { version: 1, parse: ({ tab }) => ({ tab: String(tab) }) },
});

export const tabStream = streamName('Tab', 't');
export const processStream = streamName('TabProcess', 't');
export const at = (time: string): string => `2027-05-02T${time}.000Z`;

export const opened = (closesAt: string): TabEvent => ({ type: 'TabOpened', data: { tab: 't', closesAt: at(closesAt) } });
export const round = (price: number): TabEvent => ({ type: 'RoundOrdered', data: { tab: 't', price } });
