import { feature, scenario } from '../sentences.ts';

export const groupRegistrationSad = feature(
  'L A registrant does not know yet who comes',
  `
  Given a published conference with 20 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '35 assigns some of the seats',
      `
      Given the registrant has bought 4 Additional cocktail party
      When the registrant assigns a seat of Additional cocktail party to William Flash
      And the registrant assigns a seat of Additional cocktail party to Jim Corbin
      Then William Flash has a seat of Additional cocktail party
      And Jim Corbin has a seat of Additional cocktail party
      And 2 of 4 seats are assigned
      `,
    ),
  ],
);
