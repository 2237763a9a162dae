import { feature, scenario } from '../sentences.ts';

export const eventByEvent = feature(
  'X An order is placed and reserved, event by event',
  `
  Given a published conference with 100 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '69 from the order to its totals',
      `
      When the registrant orders 1 General admission and 1 Additional cocktail party
      Then the history of the order tells OrderPlaced
      And the history of the order tells OrderTotalsCalculated after OrderPlaced
      And the history of the order tells OrderReservationCompleted after OrderPlaced
      And the total is $249
      And 99 seats of General admission can be had
      And 100 seats of CQRS Workshop can be had
      And 99 seats of Additional cocktail party can be had
      `,
    ),
  ],
);
