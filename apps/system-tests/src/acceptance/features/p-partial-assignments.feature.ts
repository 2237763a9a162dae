import { feature, scenario } from '../sentences.ts';

export const partialAssignments = feature(
  'P Some seats of an order are assigned',
  `
  Given a published conference with 100 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '45 of one registrant',
      `
      Given the registrant has bought 1 General admission and 1 Additional cocktail party
      When the registrant assigns a seat of General admission to William Flash
      Then William Flash has a seat of General admission
      And no seat of Additional cocktail party is assigned
      And 1 of 2 seats are assigned
      `,
    ),
    scenario(
      '46 of a group',
      `
      Given the registrant has bought 4 General admission and 2 Additional cocktail party
      When the registrant assigns a seat of General admission to William Flash
      And the registrant assigns a seat of General admission to Jon Jaffe
      And the registrant assigns a seat of Additional cocktail party to Antonio Alwan
      Then William Flash has a seat of General admission
      And Jon Jaffe has a seat of General admission
      And Antonio Alwan has a seat of Additional cocktail party
      And 3 of 6 seats are assigned
      And the organiser sees 3 attendees
      `,
    ),
  ],
);
