import { feature, scenario } from '../sentences.ts';

export const selfRegistrationFree = feature(
  'G A registrant registers for what is free of charge',
  `
  Given a published conference with 10 seats each of General admission at $0 and Additional cocktail party at $100
  `,
  [
    scenario(
      '20 for nothing else',
      `
      When the registrant orders 1 General admission
      Then the total is $0
      And the order is free of charge
      When the registrant gives name and e-mail address
      And the registrant confirms the order without paying
      Then the order is confirmed
      And 1 General admission can be assigned
      `,
    ),
    scenario(
      '21 and for something that is not',
      `
      When the registrant orders 2 General admission and 3 Additional cocktail party
      Then the total is $300
      When the registrant gives name and e-mail address
      And the registrant pays
      Then the order is confirmed
      And 2 General admission and 3 Additional cocktail party can be assigned
      `,
    ),
  ],
);
