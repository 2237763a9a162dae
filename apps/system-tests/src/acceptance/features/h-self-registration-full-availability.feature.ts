import { feature, scenario } from '../sentences.ts';

export const selfRegistrationFullAvailability = feature(
  'H A registrant reserves while there is enough, or nothing, of each kind',
  `
  Given a published conference with 20 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '22 everything is there',
      `
      When the registrant orders 1 General admission, 1 CQRS Workshop and 1 Additional cocktail party
      Then all wanted seats are reserved
      And the order holds 1 General admission, 1 CQRS Workshop and 1 Additional cocktail party
      And the total is $749
      And the countdown is running
      `,
    ),
    scenario(
      '23 everything is sold out meanwhile',
      `
      Given the registrant sees seats of every kind on offer
      When all seats of General admission, CQRS Workshop and Additional cocktail party are taken meanwhile
      And the registrant orders 1 General admission, 1 CQRS Workshop and 1 Additional cocktail party
      Then not all wanted seats are reserved
      And the order holds nothing
      And all seats are sold out
      `,
    ),
    scenario(
      '24 two kinds are sold out meanwhile',
      `
      Given the registrant sees seats of every kind on offer
      When all seats of CQRS Workshop and Additional cocktail party are taken meanwhile
      And the registrant orders 1 General admission, 1 CQRS Workshop and 1 Additional cocktail party
      Then CQRS Workshop is sold out
      And Additional cocktail party is sold out
      When the registrant chooses 1 General admission instead
      Then all wanted seats are reserved
      And the order holds 1 General admission
      And the total is $199
      And the countdown is running
      `,
    ),
    scenario(
      '25 finds the order again after buying',
      `
      Given the registrant has bought 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party
      When the registrant comes back with e-mail address and access code
      Then the registrant finds the order again
      And the order holds 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party
      `,
    ),
  ],
);
