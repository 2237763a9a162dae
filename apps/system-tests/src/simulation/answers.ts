import type { OrderDocument } from '@conference/registration-application';
import type { AnsweredFacts, OrderFact } from '@conference/tools';
import type { World } from './world.ts';

const orderFact = (order: OrderDocument, version: number): OrderFact => ({
  id: order.orderId,
  conferenceId: order.conferenceId,
  state: order.state,
  total: order.total,
  isFreeOfCharge: order.isFreeOfCharge,
  requested: order.items.map(({ seatTypeId, requested }) => ({ seatTypeId, quantity: requested })),
  reserved: order.items.map(({ seatTypeId, reserved }) => ({ seatTypeId, quantity: reserved })),
  linesTotal: order.items.reduce((sum, { lineTotal }) => sum + lineTotal, 0),
  version,
});

type Subjects = {
  readonly conferences: readonly { readonly id: string; readonly slug: string }[];
  readonly orders: readonly string[];
  readonly payments: readonly string[];
};
const listMax = 100;
/** Everything is at rest: what is there is there at once. */
const answerWithinMs = 100;

const fromRegistration = async ({ registration }: World, { orders, conferences }: Subjects) =>
  registration.ask(async ({ queries }) => {
    const found = await Promise.all(orders.map(async (id) => [id, await queries.order(id)] as const));
    const seats = await Promise.all(orders.map(async (id) => [id, await queries.orderSeats(id, answerWithinMs)] as const));
    const offers = await Promise.all(conferences.map(({ slug }) => queries.publishedConference(slug)));
    return {
      orders: new Map(found.map(([id, order]) => [id, order && orderFact(order.document, order.version ?? -1)])),
      assignments: new Map(
        seats.flatMap(([id, of]) => {
          if (of === undefined || of === 'none' || of === 'behind') return [];
          const assigned = of.document.seats.map(({ position, seatTypeId, attendee }) => ({
            position,
            seatTypeId,
            attendee: attendee?.email ?? null,
          }));
          return [[id, assigned] as const];
        }),
      ),
      offered: offers.flatMap((offer) =>
        Object.entries(offer?.seats ?? {}).map(([seatTypeId, { quota, remaining }]) => ({
          conferenceId: offer?.conferenceId ?? '',
          seatTypeId,
          quota,
          available: Math.max(0, remaining),
        })),
      ),
    };
  });

const fromPayments = async ({ payments }: World, { payments: ids }: Subjects) =>
  payments.ask(async ({ queries }) => {
    const found = await Promise.all(ids.map(async (id) => [id, (await queries.payment(id))?.document] as const));
    return new Map(found.map(([id, of]) => [id, of && { id, orderId: of.orderId, amount: of.amount, state: of.state }] as const));
  });

const fromConferenceManagement = async ({ conferenceManagement }: World, { conferences }: Subjects) =>
  conferenceManagement.ask(async ({ queries }) => {
    const of = await Promise.all(
      conferences.map(async ({ id: conferenceId }) => {
        const [seatTypes, orders, attendees] = await Promise.all([
          queries.seatTypes(conferenceId, { limit: listMax }),
          queries.orders(conferenceId, { limit: listMax }),
          queries.attendees(conferenceId, { limit: listMax }),
        ]);
        return {
          managed: (seatTypes?.items ?? []).map(({ seatTypeId, quota, remaining }) => ({ conferenceId, seatTypeId, quota, remaining })),
          managedOrders: orders.items.map(({ orderId, state, total }) => ({ conferenceId, id: orderId, state, total })),
          attendees: attendees.items.map(({ orderId, position, email }) => ({ conferenceId, orderId, position, email })),
        };
      }),
    );
    return {
      managed: of.flatMap(({ managed }) => managed),
      managedOrders: of.flatMap(({ managedOrders }) => managedOrders),
      attendees: of.flatMap(({ attendees }) => attendees),
    };
  });

/** What all three services answer to who asks for everything, through the same queries as over HTTP. */
export const askEverything = async (world: World, subjects: Subjects): Promise<AnsweredFacts> => {
  const [registration, payments, conferenceManagement] = await Promise.all([
    fromRegistration(world, subjects),
    fromPayments(world, subjects),
    fromConferenceManagement(world, subjects),
  ]);
  return { ...registration, payments, ...conferenceManagement, conferences: subjects.conferences.map(({ id }) => id), parked: [] };
};
