import { origin } from '@conference/kernel';
import type { EventStore, Random, Timer } from '@conference/ports';
import { account, accountCodec, accountStream, contextOf, idAt } from './account.fixture.ts';
import { commandHandler } from './command-handler.ts';
import { openFeed } from './feed.ts';
import { silent } from './log.ts';

/** Accounts in an event store, with a handler that deposits into them and a feed that a projection can follow. */
export const accountsIn = (eventStore: EventStore, timer: Timer, random: Random) => {
  const handle = commandHandler({
    decider: account,
    codec: accountCodec,
    streamOf: ({ data }) => accountStream(data.account),
    eventStore,
    timer,
  });
  let commands = 0;
  const deposit = async (to: string, amount: number): Promise<void> => {
    await handle({ type: 'Deposit', data: { account: to, amount } }, contextOf(idAt(commands++)));
  };
  const signal = new AbortController().signal;
  const context = { timer, random, log: silent, signal };
  const feed = openFeed({ eventStore, categories: ['Account'], after: origin, ...context });
  return { deposit, signal, context, feed };
};
