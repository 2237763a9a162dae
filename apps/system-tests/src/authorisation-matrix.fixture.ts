/** Every route of every service, and whom it serves: written down a second time, so that nobody opens one by mistake. */
import { randomUUID } from 'node:crypto';
import type { ServiceName } from '@conference/tools';
import { person } from './talks.fixture.ts';

export type Who = 'anyone' | 'organiser' | 'registrant' | 'operator' | 'processor';
/** What belongs to one organiser and to one of the registrants of that conference. */
export type Belongings = {
  readonly conferenceId: string;
  readonly slug: string;
  readonly seatTypeId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly tokens: { readonly organiser: string; readonly registrant: string };
};
export type Entry = { readonly who: Who; readonly body?: (of: Belongings) => object };
/** By `METHOD /path/{param}`. */
export type Matrix = { readonly [route: string]: Entry };

const details = { name: 'Days', description: 'Two days.', location: 'Oslo', startDate: '2027-05-02', endDate: '2027-05-04' };
const seatType = { name: 'Talks', description: 'All talks.', price: 100, quota: 10 };

const operatorsRoutes: Matrix = {
  'GET /ops/projections': { who: 'operator' },
  'POST /ops/projections/{name}/rebuild': { who: 'operator' },
  'GET /ops/parked-messages': { who: 'operator' },
  'POST /ops/parked-messages/{id}/retry': { who: 'operator' },
  'POST /ops/parked-messages/{id}/skip': { who: 'operator', body: () => ({ reason: 'nothing of ours' }) },
  'POST /ops/publisher/republish': { who: 'operator', body: () => ({ subject: `Order-${randomUUID()}` }) },
};

export const matrices: { readonly [Service in ServiceName]: Matrix } = {
  'conference-management': {
    'POST /v1/conferences': { who: 'anyone' },
    'POST /v1/organizer-sessions': { who: 'anyone' },
    'GET /v1/conferences/{id}': { who: 'organiser' },
    'PUT /v1/conferences/{id}/details': { who: 'organiser', body: () => details },
    'POST /v1/conferences/{id}/publish': { who: 'organiser' },
    'POST /v1/conferences/{id}/unpublish': { who: 'organiser' },
    'GET /v1/conferences/{id}/seat-types': { who: 'organiser' },
    'POST /v1/conferences/{id}/seat-types': { who: 'organiser', body: () => seatType },
    'PUT /v1/conferences/{id}/seat-types/{seatTypeId}': { who: 'organiser', body: () => seatType },
    'DELETE /v1/conferences/{id}/seat-types/{seatTypeId}': { who: 'organiser' },
    'GET /v1/conferences/{id}/orders': { who: 'organiser' },
    'GET /v1/conferences/{id}/attendees': { who: 'organiser' },
    'GET /v1/conferences/{id}/history': { who: 'organiser' },
    ...operatorsRoutes,
  },
  registration: {
    'GET /v1/conferences': { who: 'anyone' },
    'GET /v1/conferences/{slug}': { who: 'anyone' },
    'GET /v1/conferences/{slug}/seat-types': { who: 'anyone' },
    'POST /v1/orders': { who: 'anyone' },
    'POST /v1/order-sessions': { who: 'anyone' },
    'GET /v1/orders/{id}': { who: 'registrant' },
    'PUT /v1/orders/{id}/items': { who: 'registrant', body: ({ seatTypeId }) => ({ items: [{ seatTypeId, quantity: 1 }] }) },
    'PUT /v1/orders/{id}/registrant': { who: 'registrant', body: () => person },
    'POST /v1/orders/{id}/confirmation': { who: 'registrant' },
    'POST /v1/orders/{id}/cancellation': { who: 'registrant' },
    'GET /v1/orders/{id}/seats': { who: 'registrant' },
    'PUT /v1/orders/{id}/seats/{position}': { who: 'registrant', body: () => person },
    'DELETE /v1/orders/{id}/seats/{position}': { who: 'registrant' },
    'GET /v1/orders/{id}/history': { who: 'registrant' },
    'GET /ops/processes': { who: 'operator' },
    ...operatorsRoutes,
  },
  payments: {
    'POST /v1/payments': { who: 'registrant', body: ({ orderId }) => ({ orderId }) },
    'GET /v1/payments/{id}': { who: 'registrant' },
    'POST /v1/processor-callbacks': { who: 'processor' },
    ...operatorsRoutes,
  },
};

/** The path of a route with somebody's objects in it. */
export const pathOf = (service: ServiceName, path: string, of: Belongings): string => {
  const ids: { readonly [Service in ServiceName]: string } = {
    'conference-management': of.conferenceId,
    registration: of.orderId,
    payments: of.paymentId,
  };
  const values: { readonly [param: string]: string } = {
    id: path.startsWith('/ops/') ? randomUUID() : ids[service],
    seatTypeId: of.seatTypeId,
    slug: of.slug,
    position: '0',
    name: 'no-such-projection',
  };
  return path.replaceAll(/\{(\w+)\}/g, (_, param: string) => {
    const value = values[param];
    if (value === undefined) throw new Error(`${path}: nothing is known of {${param}}`);
    return value;
  });
};
