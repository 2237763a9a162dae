/** The words that the sentences leave open. */
import { listOf, oneOf } from './language/index.ts';

/** What every conference here sells; prices and quantities are its own. */
export const seatNames = ['General admission', 'CQRS Workshop', 'Additional cocktail party'] as const;
export type SeatName = (typeof seatNames)[number];

/** People with a first and a last name; their e-mail address is made of the first. */
export const personNames = ['William Flash', 'Jon Jaffe', 'Karen Berge', 'Mike Nash', 'Antonio Alwan', 'Jim Corbin'] as const;
export type PersonName = (typeof personNames)[number];

export type SomeSeats = { readonly quantity: number; readonly name: SeatName };
export type Offer = { readonly name: SeatName; readonly price: number };

const centsPerDollar = 100;
const seat = oneOf(seatNames);

/** Why somebody was refused, in our words, and what the answer says of it: a stable code, or where in the request the fault is. */
const reasons = {
  'one or more items are required': '#/items',
  'the last name is missing': '#/lastName',
  'that is no e-mail address': '#/email',
  'the name is missing': '#/name',
  'the location is missing': '#/location',
  'its address is taken': 'slug-taken',
  'it was published once': 'conference-was-published',
} as const;
export type Reason = (typeof reasons)[keyof typeof reasons];

export const vocabulary = {
  count: { pattern: /\d+/, read: (text: `${number}`): number => Number(text) },
  /** In minor units. */
  money: { pattern: /\$\d+/, read: (text: `$${number}`): number => Number(text.slice(1)) * centsPerDollar },
  quote: { pattern: /“[^”]+”/, read: (text: `“${string}”`): string => text.slice(1, -1) },
  seat,
  seatNames: listOf(seat),
  seats: listOf({
    pattern: new RegExp(`\\d+ (?:${seat.pattern.source})`),
    read: (text: `${number} ${SeatName}`): SomeSeats => {
      const [quantity = '', ...name] = text.split(' ');
      return { quantity: Number(quantity), name: seat.read(name.join(' ') as SeatName) };
    },
  }),
  offers: listOf({
    pattern: new RegExp(`(?:${seat.pattern.source}) at \\$\\d+`),
    read: (text: `${SeatName} at $${number}`): Offer => {
      const [name = '', price = ''] = text.split(' at $');
      return { name: name as SeatName, price: Number(price) * centsPerDollar };
    },
  }),
  person: oneOf(personNames),
  reason: {
    pattern: oneOf(Object.keys(reasons)).pattern,
    read: (text: keyof typeof reasons): Reason => reasons[text],
  },
  conferenceEvent: oneOf([
    'ConferenceCreated',
    'ConferenceUpdated',
    'ConferencePublished',
    'ConferenceUnpublished',
    'SeatTypeCreated',
    'SeatTypeUpdated',
    'SeatTypeDeleted',
  ]),
  orderEvent: oneOf([
    'OrderPlaced',
    'OrderTotalsCalculated',
    'OrderPartiallyReserved',
    'OrderReservationCompleted',
    'OrderRegistrantAssigned',
    'OrderConfirmed',
    'OrderExpired',
  ]),
};
