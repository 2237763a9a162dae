import type { ServiceName } from '@conference/platform';
import { z } from 'zod';
import * as answers from './answers.ts';
import { type Answer, type HttpClient, httpClient, type RetryLimits } from './http-client.ts';

export type { ServiceName };
export type ServiceAddresses = { readonly [Service in ServiceName]: string };
export const serviceNames = ['conference-management', 'registration', 'payments'] as const satisfies readonly ServiceName[];

export type NewConference = {
  readonly name: string;
  readonly description: string;
  readonly location: string;
  readonly slug: string;
  readonly startDate: string;
  readonly endDate: string;
  readonly currency?: string;
  readonly owner: { readonly name: string; readonly email: string };
};
export type NewSeatType = { readonly name: string; readonly description: string; readonly price: number; readonly quota: number };
export type Selection = readonly { readonly seatTypeId: string; readonly quantity: number }[];
/** An object and the token that covers it; `seen`: the Consistency-Token of a write that a read of it must show. */
export type Held = { readonly id: string; readonly token: string; readonly seen?: string | undefined };

const pageLimit = 100;

/** All pages of a list. */
const everyPage = async <Item>(
  page: (after: string | null) => Promise<{ readonly items: readonly Item[]; readonly next: string | null }>,
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let after: string | null = null;
  do {
    const answer = await page(after);
    items.push(...answer.items);
    after = answer.next;
  } while (after !== null);
  return items;
};
const pageQuery = (after: string | null): string => `?limit=${pageLimit}${after === null ? '' : `&after=${encodeURIComponent(after)}`}`;

const nothing = z.unknown();
const withKey = (key: string | undefined): { readonly key?: string } => (key === undefined ? {} : { key });
const sawWrite = ({ seen }: Held): { readonly consistencyToken?: string } => (seen === undefined ? {} : { consistencyToken: seen });

/** What an organiser does. Every command carries an Idempotency-Key and may safely have been sent more than once. */
const organiserClient = (http: HttpClient) => {
  const list = <Item extends z.ZodType>(path: string, token: string, item: Item): Promise<readonly z.output<Item>[]> =>
    everyPage(
      async (after) => (await http.send({ method: 'GET', path: `${path}${pageQuery(after)}`, token, answer: answers.pageOf(item) })).body,
    );
  return {
    create: async (body: NewConference, key?: string) =>
      (await http.send({ method: 'POST', path: '/v1/conferences', body, answer: answers.createdConference, ...withKey(key) })).body,
    conference: async ({ id, token }: Held) =>
      (await http.send({ method: 'GET', path: `/v1/conferences/${id}`, token, answer: answers.conference })).body,
    publish: async ({ id, token }: Held) =>
      void (await http.send({ method: 'POST', path: `/v1/conferences/${id}/publish`, token, answer: nothing })),
    unpublish: async ({ id, token }: Held) =>
      void (await http.send({ method: 'POST', path: `/v1/conferences/${id}/unpublish`, token, answer: nothing })),
    createSeatType: async ({ id, token }: Held, body: NewSeatType) =>
      (await http.send({ method: 'POST', path: `/v1/conferences/${id}/seat-types`, token, body, answer: answers.createdSeatType })).body,
    updateSeatType: async ({ id, token }: Held, seatTypeId: string, body: NewSeatType, ifMatch: number) =>
      void (await http.send({
        method: 'PUT',
        path: `/v1/conferences/${id}/seat-types/${seatTypeId}`,
        token,
        body,
        ifMatch,
        answer: nothing,
      })),
    seatTypes: ({ id, token }: Held) => list(`/v1/conferences/${id}/seat-types`, token, answers.managedSeatType),
    orders: ({ id, token }: Held) => list(`/v1/conferences/${id}/orders`, token, answers.managedOrder),
    attendees: ({ id, token }: Held) => list(`/v1/conferences/${id}/attendees`, token, answers.attendee),
  };
};

/** What a registrant does at registration. */
const registrantClient = (http: HttpClient) => {
  const command = <Body>(
    method: 'POST' | 'PUT' | 'DELETE',
    { id, token }: Held,
    path: string,
    answer: z.ZodType<Body>,
    body?: unknown,
  ): Promise<Answer<Body>> =>
    http.send({ method, path: `/v1/orders/${id}${path}`, token, answer, ...(body === undefined ? {} : { body }) });
  return {
    conference: async (slug: string) =>
      (await http.send({ method: 'GET', path: `/v1/conferences/${slug}`, answer: z.object({ id: z.uuid(), slug: z.string() }) })).body,
    seatTypes: async (slug: string) =>
      (await http.send({ method: 'GET', path: `/v1/conferences/${slug}/seat-types`, answer: z.array(answers.offeredSeatType) })).body,
    place: (
      body: { readonly id?: string; readonly conferenceId: string; readonly items: Selection },
      options: { readonly waitSeconds?: number; readonly key?: string } = {},
    ) => http.send({ method: 'POST', path: '/v1/orders', body, answer: answers.placedOrder, ...options }),
    order: async (held: Held) =>
      (await http.send({ method: 'GET', path: `/v1/orders/${held.id}`, token: held.token, answer: answers.order, ...sawWrite(held) })).body,
    chooseAgain: async (held: Held, items: Selection) => (await command('PUT', held, '/items', answers.changedOrder, { items })).body,
    giveDetails: async (held: Held, person: answers.Person) =>
      (await command('PUT', held, '/registrant', answers.changedOrder, person)).body,
    confirm: async (held: Held) => (await command('POST', held, '/confirmation', answers.changedOrder)).body,
    cancel: async (held: Held) => (await command('POST', held, '/cancellation', answers.changedOrder)).body,
    openSession: async (body: { readonly slug: string; readonly email: string; readonly accessCode: string }) =>
      (await http.send({ method: 'POST', path: '/v1/order-sessions', body, answer: answers.orderSession })).body,
    seats: async ({ id, token }: Held) =>
      (await http.send({ method: 'GET', path: `/v1/orders/${id}/seats`, token, answer: z.array(answers.seat) })).body,
    assignSeat: async (held: Held, position: number, person: answers.Person) =>
      (await command('PUT', held, `/seats/${position}`, answers.seat, person)).body,
    unassignSeat: async (held: Held, position: number) => void (await command('DELETE', held, `/seats/${position}`, nothing)),
  };
};

/** Payments, and the processor's page that a registrant's browser would show. */
const payerClient = (http: HttpClient) => ({
  initiate: ({ id, token }: Held, key?: string): Promise<Answer<answers.InitiatedPayment>> =>
    http.send({ method: 'POST', path: '/v1/payments', token, body: { orderId: id }, answer: answers.initiatedPayment, ...withKey(key) }),
  payment: async (held: Held) =>
    (await http.send({ method: 'GET', path: `/v1/payments/${held.id}`, token: held.token, answer: answers.payment, ...sawWrite(held) }))
      .body,
  /** Resolves when the processor's decision is durable; the payment follows. */
  decide: async (paymentId: string, outcome: 'accepted' | 'rejected') =>
    void (await http.send({ method: 'POST', path: `/processor/checkout/${paymentId}`, body: { outcome }, answer: nothing })),
});

/** What an operator sees of one service. */
const operatorClient = (http: HttpClient, token: string) => ({
  projections: async () =>
    (await http.send({ method: 'GET', path: '/ops/projections', token, answer: z.object({ items: z.array(answers.projection) }) })).body
      .items,
  parkedMessages: () =>
    everyPage(
      async (after) =>
        (
          await http.send({
            method: 'GET',
            path: `/ops/parked-messages${pageQuery(after)}`,
            token,
            answer: answers.pageOf(answers.parkedMessage),
          })
        ).body,
    ),
});

export type OperatorClient = ReturnType<typeof operatorClient>;

export interface SystemClient {
  readonly addresses: ServiceAddresses;
  readonly organiser: ReturnType<typeof organiserClient>;
  readonly registrant: ReturnType<typeof registrantClient>;
  readonly payer: ReturnType<typeof payerClient>;
  operator(service: ServiceName, token: string): OperatorClient;
}

/** The three services as their callers see them. */
export const systemClient = (addresses: ServiceAddresses, limits: Partial<RetryLimits> = {}): SystemClient => ({
  addresses,
  organiser: organiserClient(httpClient(addresses['conference-management'], limits)),
  registrant: registrantClient(httpClient(addresses.registration, limits)),
  payer: payerClient(httpClient(addresses.payments, limits)),
  operator: (service, token) => operatorClient(httpClient(addresses[service], limits), token),
});
