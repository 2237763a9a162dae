import { type Command, type Decider, type DomainEvent, type Instant, reject, streamName, unreachable } from '@conference/kernel';
import type { CommandContext } from './command-outcome.ts';
import { type CatalogCodec, eventCodec } from './event-codec.ts';

// The example that this library's specs run on: small, and with every kind of decision.

export type AccountEvent =
  | DomainEvent<'Deposited', { readonly amount: number }>
  | DomainEvent<'Withdrawn', { readonly amount: number; readonly note?: string }>;
export type AccountCommand =
  | Command<'Deposit', { readonly account: string; readonly amount: number; readonly times?: number }>
  | Command<'Withdraw', { readonly account: string; readonly amount: number; readonly note?: string }>;
export type AccountRefusal = { readonly code: 'too-little'; readonly balance: number };

/** A deposit of nothing is already so; a negative one is a bug, and throws. */
export const account: Decider<number, AccountCommand, AccountEvent, AccountRefusal> = {
  initialState: 0,
  decide: (command, balance) => {
    const { amount } = command.data;
    switch (command.type) {
      case 'Deposit':
        if (amount < 0) throw new RangeError(`not an amount: ${amount}`);
        if (amount === 0) return [];
        return Array.from({ length: command.data.times ?? 1 }, () => ({ type: 'Deposited', data: { amount } }) as const);
      case 'Withdraw': {
        if (amount > balance) return reject({ code: 'too-little', balance });
        const { note } = command.data;
        return [{ type: 'Withdrawn', data: { amount, ...(note === undefined ? {} : { note }) } }];
      }
      default:
        return unreachable(command);
    }
  },
  evolve: (balance, { type, data: { amount } }) => (type === 'Deposited' ? balance + amount : balance - amount),
};

const amountOf = (value: unknown): number => {
  if (typeof value !== 'number') throw new TypeError('the amount is not a number');
  return value;
};
export const accountCodec: CatalogCodec<AccountEvent> = eventCodec<AccountEvent>({
  Deposited: { version: 1, parse: ({ amount }) => ({ amount: amountOf(amount) }) },
  Withdrawn: { version: 1, parse: ({ amount, note }) => ({ amount: amountOf(amount), ...(typeof note === 'string' ? { note } : {}) }) },
});

export const accountStream = (id: string) => streamName('Account', id);
export const contextOf = (commandId: string, rest: Partial<CommandContext> = {}): CommandContext => ({
  commandId,
  correlationId: commandId,
  causationId: commandId,
  actor: 'spec',
  ...rest,
});

/** A UUID that a reader recognises. */
export const idAt = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const noon = '2027-05-02T12:00:00.000Z' as Instant;
