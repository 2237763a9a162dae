import { feature, scenario } from '../sentences.ts';

export const inTheWordsOfTheBusiness = feature(
  'Y An order is placed and reserved, in the words of the business',
  `
  Given a published conference with 100 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '70 from the order to its total',
      `
      Given the registrant sees seats of every kind on offer
      When the registrant orders 1 General admission and 1 Additional cocktail party
      Then all wanted seats are reserved
      And the total is $249
      And the countdown is running
      And 99 seats of General admission can be had
      And 100 seats of CQRS Workshop can be had
      And 99 seats of Additional cocktail party can be had
      `,
    ),
  ],
);
