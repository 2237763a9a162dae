/** Many registrants at the same time. */
import type { Held, OrderState } from '@conference/tools';
import { expect } from 'vitest';
import { historyOf } from '../ask.ts';
import type { World } from '../world.ts';
import * as by from './registrant.ts';
import { stepsOf } from './step.ts';

const those = async (world: World, state: OrderState): Promise<readonly Held[]> => {
  const all = await Promise.all(world.crowd.get().map(async (held) => ({ held, order: await by.orderOf(world, held) })));
  return all.filter(({ order }) => order.state === state).map(({ held }) => held);
};

export const crowdSteps = stepsOf({
  'When {count} registrants order {seats} each, all at the same time': async (world, count, seats) =>
    world.crowd.set(await Promise.all(Array.from({ length: count }, () => by.place(world, seats)))),
  'When all who have their seats pay, at the same time': async (world) => {
    const pay = async (held: Held): Promise<void> => {
      await by.giveDetails(world, held);
      await by.buy(world, held);
    };
    await Promise.all((await those(world, 'reserved')).map(pay));
  },
  'Then exactly {count} of them have all their seats': async (world, count) => expect(await those(world, 'reserved')).toHaveLength(count),
  'Then exactly {count} of them have not': async (world, count) => expect(await those(world, 'partially-reserved')).toHaveLength(count),
  'Then exactly {count} of them are confirmed': async (world, count) => expect(await those(world, 'confirmed')).toHaveLength(count),
  'Then those who have not hold nothing and pay nothing': async (world) => {
    const all = await Promise.all((await those(world, 'partially-reserved')).map((held) => by.orderOf(world, held)));
    const empty = { items: [expect.objectContaining({ reserved: 0 })], total: { amount: 0 }, isFreeOfCharge: false };
    for (const order of all) expect(order).toMatchObject(empty);
  },
  'Then the history of exactly {count} orders tells {orderEvent}': async (world, count, type) => {
    const all = await Promise.all(world.crowd.get().map((held) => historyOf(world.running.get(), 'orders', held)));
    expect(all.filter((types) => types.includes(type))).toHaveLength(count);
  },
});
