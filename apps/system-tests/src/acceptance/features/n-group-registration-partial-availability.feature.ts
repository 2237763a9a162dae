import { feature, scenario } from '../sentences.ts';

export const groupRegistrationPartialAvailability = feature(
  'N A registrant reserves for a group while something is missing',
  `
  Given a published conference with 20 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '40 everything is sold out meanwhile',
      `
      Given the registrant sees seats of every kind on offer
      When all seats of General admission, CQRS Workshop and Additional cocktail party are taken meanwhile
      And the registrant orders 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party
      Then not all wanted seats are reserved
      And General admission is sold out
      And CQRS Workshop is sold out
      And Additional cocktail party is sold out
      And the order holds nothing
      `,
    ),
    scenario(
      '41 of each kind something else is left',
      `
      Given the registrant sees seats of every kind on offer
      When 10 seats of CQRS Workshop are taken meanwhile
      And all seats of Additional cocktail party are taken meanwhile
      And the registrant orders 3 General admission, 11 CQRS Workshop and 1 Additional cocktail party
      Then not all wanted seats are reserved
      And of 11 wanted seats of CQRS Workshop 10 are reserved
      And of 1 wanted seats of Additional cocktail party 0 are reserved
      And Additional cocktail party is sold out
      And the total is $5597
      When the registrant chooses 3 General admission and 10 CQRS Workshop instead
      Then all wanted seats are reserved
      And the order holds 3 General admission and 10 CQRS Workshop
      And the total is $5597
      `,
    ),
  ],
);
