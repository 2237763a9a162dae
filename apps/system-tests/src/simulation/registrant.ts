import type { OrderDocument } from '@conference/registration-application';
import type { JournalWriter } from '@conference/tools';
import { type Client, createClient } from './client.ts';
import type { OpenConference } from './organiser.ts';
import type { World } from './world.ts';

/** What a registrant does once the seats are there. */
export type Ending =
  | 'pays'
  | 'is-rejected-then-pays'
  | 'is-rejected'
  | 'pays-twice'
  | 'pays-late'
  | 'chooses-again-while-paying'
  | 'cancels-while-paying'
  | 'cancels'
  | 'gives-up';
export interface Plan {
  readonly choosesAgain: number;
  readonly ending: Ending;
  /** Seats that somebody is assigned to after the confirmation. */
  readonly assigns: number;
}

const endings: readonly Ending[] = [
  'pays',
  'pays',
  'pays',
  'is-rejected-then-pays',
  'is-rejected',
  'pays-twice',
  'pays-late',
  'pays-late',
  'chooses-again-while-paying',
  'cancels-while-paying',
  'cancels',
  'gives-up',
];
const drawPlan = ({ chance }: Client): Plan => ({
  choosesAgain: chance.pick([0, 0, 1, 2]),
  ending: chance.pick(endings),
  assigns: chance.integer(0, 3),
});

type Conversation = {
  readonly world: World;
  readonly journal: JournalWriter;
  readonly client: Client;
  readonly conference: OpenConference;
  readonly orderId: string;
};

const decisionLooks = 40;
const placingTries = 5;
const payingTries = 6;

const selection = ({ client: { chance }, conference: { seatTypes } }: Pick<Conversation, 'client' | 'conference'>) => {
  const chosen = chance.chance(0.4) ? seatTypes : [chance.pick(seatTypes)];
  return chosen.map(({ seatTypeId }) => ({ seatTypeId, quantity: chance.integer(1, 3) }));
};

const orderLook = (
  { client, world, orderId }: Conversation,
  holds: (order: OrderDocument) => boolean,
  looks: number,
): Promise<OrderDocument | undefined> =>
  client.look(
    world.registration,
    async ({ queries }) => {
      const found = await queries.order(orderId);
      return found !== undefined && holds(found.document) ? found.document : undefined;
    },
    looks,
  );

const isDecided = ({ state }: OrderDocument): boolean => state !== 'pending-reservation';

/** False: it was refused as often as it was tried. */
const place = async (of: Conversation): Promise<boolean> => {
  const { client, world, journal, conference, orderId } = of;
  for (let n = 0; n < placingTries; n++) {
    const items = selection(of);
    const { conferenceId } = conference;
    const outcome = await client.send(
      world.registration,
      `place ${JSON.stringify(items.map(({ quantity }) => quantity))}`,
      ({ commands }, context) => commands.placeOrder({ orderId, conferenceId, items, accessCode: 'REGISTRANT' }, context),
    );
    if (outcome.status !== 'rejected') {
      journal.order({ id: orderId, conferenceId, token: '' });
      return true;
    }
    await client.pause(1_500);
  }
  return false;
};

const chooseAgain = async (of: Conversation, items = selection(of)): Promise<void> => {
  const { client, world, orderId } = of;
  await client.send(world.registration, 'choose again', ({ commands }, context) => commands.chooseAgain({ orderId, items }, context));
};

/** Where something is left, a registrant mostly takes that instead; what is held is then all that is wanted. */
const takeWhatIsLeft = async (of: Conversation, order: OrderDocument): Promise<OrderDocument> => {
  const held = order.items.flatMap(({ seatTypeId, reserved }) => (reserved > 0 ? [{ seatTypeId, quantity: reserved }] : []));
  if (order.state !== 'partially-reserved' || held.length === 0 || of.client.chance.chance(0.2)) return order;
  await chooseAgain(of, held);
  return (await orderLook(of, ({ request, state }) => request > order.request && state !== 'pending-reservation', decisionLooks)) ?? order;
};

const cancel = async ({ client, world, orderId }: Conversation): Promise<void> => {
  await client.send(world.registration, 'cancel', ({ commands }, context) => commands.cancelOrder({ orderId }, context));
};

/** The id of a payment; undefined when the order could not be paid. */
const initiate = async ({ client, world, journal, orderId }: Conversation): Promise<string | undefined> => {
  for (let n = 0; n < payingTries; n++) {
    const outcome = await client.send(world.payments, 'initiate payment', ({ commands }, context) =>
      commands.initiatePayment({ orderId }, context),
    );
    if (outcome.status !== 'rejected') {
      if (outcome.state.state === 'not-initiated') throw world.sim.failure(`${client.name}: a payment is acknowledged and not there`);
      const { paymentId } = outcome.state;
      journal.payment({ id: paymentId, orderId, token: '' });
      return paymentId;
    }
    if (outcome.reason.code === 'order-expired') return undefined;
    await client.pause(1_000);
  }
  return undefined;
};

const decide = async (of: Conversation, paymentId: string, outcome: 'accepted' | 'rejected'): Promise<void> => {
  const { client, world, journal, orderId } = of;
  const decision = await client.send(world.payments, `checkout ${outcome}`, ({ processor }, context) =>
    processor.decide(paymentId, outcome, context),
  );
  if (decision.status !== 'rejected') journal.payment({ id: paymentId, orderId, token: '', outcome });
};

const pay = async (of: Conversation, ending: Ending, order: OrderDocument): Promise<void> => {
  const { client, world } = of;
  const paymentId = await initiate(of);
  if (paymentId === undefined) return;
  switch (ending) {
    case 'is-rejected':
      return decide(of, paymentId, 'rejected');
    case 'is-rejected-then-pays':
      await decide(of, paymentId, 'rejected');
      break;
    case 'pays-twice': {
      const second = await initiate(of);
      if (second !== undefined) await decide(of, second, 'accepted');
      break;
    }
    case 'pays-late': {
      const margin = client.chance.integer(-2_000, 2_000) + (client.chance.chance(0.5) ? world.workload.graceSeconds * 1_000 : 0);
      const untilEnd = Date.parse(order.reservationExpiresAt) - Date.parse(world.sim.timer.now());
      await client.pause(Math.min(Math.max(0, untilEnd + margin), 120_000));
      break;
    }
    case 'chooses-again-while-paying':
      await chooseAgain(of);
      break;
    case 'cancels-while-paying':
      await cancel(of);
      break;
    default:
      break;
  }
  await decide(of, paymentId, 'accepted');
};

const assignSeats = async ({ client, world, orderId }: Conversation, count: number): Promise<void> => {
  for (let n = 0; n < count; n++) {
    const position = client.chance.integer(0, 3);
    const attendee = { firstName: 'Ada', lastName: `of ${client.name}`, email: `ada${client.chance.integer(1, 2)}@example.org` };
    const unassigns = client.chance.chance(0.2);
    await client.send(world.registration, unassigns ? 'unassign seat' : 'assign seat', ({ commands }, context) =>
      unassigns ? commands.unassignSeat({ orderId, position }, context) : commands.assignSeat({ orderId, position, attendee }, context),
    );
  }
};

/** From the first click to the last; every command is repeated until it is acknowledged. */
export const register = async (
  world: World,
  journal: JournalWriter,
  conference: OpenConference,
  name: string,
  given?: Plan,
): Promise<void> => {
  const client = createClient(world, name);
  const plan = given ?? drawPlan(client);
  const { chance } = client;
  const of: Conversation = { world, journal, client, conference, orderId: chance.uuid() };
  await client.pause(chance.random() * world.workload.arriveWithinMs);
  world.sim.trace.add(`${name} ${plan.ending}: ${of.orderId}`);
  if (!(await place(of))) return;
  let order = await orderLook(of, isDecided, decisionLooks);
  for (let n = 0; n < plan.choosesAgain; n++) {
    await client.pause(chance.exponential(500));
    await chooseAgain(of);
    if (chance.chance(0.5)) order = (await orderLook(of, isDecided, decisionLooks)) ?? order;
  }
  if (plan.ending === 'gives-up' || order === undefined) return;
  order = await takeWhatIsLeft(of, order);
  await client.send(world.registration, 'give details', ({ commands }, context) =>
    commands.assignRegistrant({ orderId: of.orderId, registrant: { firstName: 'Rea', lastName: name, email: 'rea@example.org' } }, context),
  );
  if (plan.ending === 'cancels') return cancel(of);
  await client.send(world.registration, 'confirm', ({ commands }, context) => commands.confirmOrder({ orderId: of.orderId }, context));
  await pay(of, plan.ending, order);
  if (plan.assigns === 0) return;
  const confirmed = await orderLook(of, ({ state }) => state === 'confirmed', 20);
  if (confirmed !== undefined) await assignSeats(of, plan.assigns);
};
