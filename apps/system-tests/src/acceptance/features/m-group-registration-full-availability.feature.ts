import { feature, scenario } from '../sentences.ts';

export const groupRegistrationFullAvailability = feature(
  'M A registrant reserves for a group while there is enough, or nothing, of each kind',
  `
  Given a published conference with 20 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '36 of all kinds',
      `
      When the registrant orders 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party
      Then all wanted seats are reserved
      And the order holds 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party
      And the total is $1197
      `,
    ),
    scenario(
      '37 of two kinds',
      `
      When the registrant orders 2 General admission and 2 Additional cocktail party
      Then all wanted seats are reserved
      And the order holds 2 General admission and 2 Additional cocktail party
      And the total is $498
      `,
    ),
    scenario(
      '38 of two kinds that are sold out meanwhile',
      `
      Given the registrant sees seats of every kind on offer
      When all seats of General admission and Additional cocktail party are taken meanwhile
      And the registrant orders 2 General admission and 2 Additional cocktail party
      Then not all wanted seats are reserved
      And General admission is sold out
      And Additional cocktail party is sold out
      And the order holds nothing
      And the total is $0
      `,
    ),
  ],
);
