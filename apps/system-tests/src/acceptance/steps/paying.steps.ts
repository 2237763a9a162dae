/** What a registrant pays, or fails to pay. */
import { expect } from 'vitest';
import { ask } from '../ask.ts';
import { soon } from '../soon.ts';
import type { SomeSeats } from '../words.ts';
import type { World } from '../world.ts';
import * as by from './registrant.ts';
import { stepsOf } from './step.ts';

const centsPerDollar = 100;
const inDollars = (amount: number): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' }).format(amount / centsPerDollar);

const goOnToPay = async (world: World): Promise<void> => world.payment.set(await by.startPaying(world, world.order.get()));
const decide = (world: World, outcome: 'accepted' | 'rejected'): Promise<void> =>
  by.decide(world, world.order.get(), world.payment.get(), outcome);

const payment = (world: World, state: string): Promise<unknown> =>
  soon(
    'the payment',
    () => world.running.get().system.payer.payment(world.payment.get()),
    (is) => expect(is.state).toBe(state),
  );

const reserveWithDetails = async (world: World, seats: readonly SomeSeats[]): Promise<void> => {
  world.order.set(await by.reserve(world, seats));
  await by.giveDetails(world, world.order.get());
};

/** The processor's page, as the registrant's browser would show it. */
const isAskedToPay = async (world: World, amount: number): Promise<void> => {
  const { id } = world.payment.get();
  expect(await world.running.get().system.payer.payment(world.payment.get())).toMatchObject({ amount: { amount, currency: 'USD' } });
  const page = await ask(world.running.get(), 'payments', `/processor/checkout/${id}`);
  expect(page).toContain(inDollars(amount));
  expect(page).toMatch(/value="accepted"[\s\S]*value="rejected"/);
};

export const payingSteps = stepsOf({
  'Given the registrant has bought {seats}': async (world, seats) => {
    await reserveWithDetails(world, seats);
    await by.buy(world, world.order.get());
  },
  'Given the registrant has begun to pay for {seats}': async (world, seats) => {
    await reserveWithDetails(world, seats);
    await goOnToPay(world);
  },
  'When the registrant goes on to pay': goOnToPay,
  'When the registrant accepts the payment': (world) => decide(world, 'accepted'),
  'When the registrant rejects the payment': (world) => decide(world, 'rejected'),
  'When the registrant pays': async (world) => {
    await goOnToPay(world);
    await decide(world, 'accepted');
  },
  'When all seats of {seatNames} are bought by others meanwhile': async (world, names) => {
    for (const held of await by.takeAllSeats(world, names)) {
      await by.giveDetails(world, held);
      await by.buy(world, held);
    }
  },
  'Then the registrant is asked to pay {money}': isAskedToPay,
  'Then the registrant is asked again to pay {money}': async (world, amount) => {
    await payment(world, 'rejected');
    await isAskedToPay(world, amount);
  },
  'Then the payment is rejected': async (world) => {
    await payment(world, 'rejected');
    await by.order(world, ({ paymentState }) => expect(paymentState).toBe('rejected'));
  },
  'Then the payment is completed': async (world) => {
    await payment(world, 'completed');
    await by.order(world, ({ paymentState }) => expect(paymentState).toBe('completed'));
  },
  'Then the money is given back': async (world) => {
    await payment(world, 'refunded');
    await by.order(world, ({ paymentState }) => expect(paymentState).toBe('refunded'));
  },
});
