import { feature, scenario } from '../sentences.ts';

export const selfRegistrationPartialAvailability = feature(
  'I A registrant reserves while something is missing',
  `
  Given a published conference with 20 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '26 everything is sold out meanwhile',
      `
      Given the registrant sees seats of every kind on offer
      When all seats of General admission, CQRS Workshop and Additional cocktail party are taken meanwhile
      And the registrant orders 1 General admission, 1 CQRS Workshop and 1 Additional cocktail party
      Then not all wanted seats are reserved
      And General admission is sold out
      And CQRS Workshop is sold out
      And Additional cocktail party is sold out
      And the total is $0
      `,
    ),
    scenario(
      '27 one kind is left',
      `
      Given the registrant sees seats of every kind on offer
      When all seats of CQRS Workshop and Additional cocktail party are taken meanwhile
      Then CQRS Workshop is sold out
      And Additional cocktail party is sold out
      And 20 seats of General admission can be had
      When the registrant orders 1 General admission, 1 CQRS Workshop and 1 Additional cocktail party
      Then not all wanted seats are reserved
      And the order holds 1 General admission
      And 19 seats of General admission can be had
      `,
    ),
  ],
);
