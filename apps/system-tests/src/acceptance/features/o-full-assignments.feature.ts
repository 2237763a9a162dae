import { feature, scenario } from '../sentences.ts';

export const fullAssignments = feature(
  'O All seats of an order are assigned',
  `
  Given a published conference with 100 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '43 of one registrant',
      `
      Given the registrant has bought 1 General admission and 1 Additional cocktail party
      When the registrant assigns a seat of General admission to William Flash
      And the registrant assigns a seat of Additional cocktail party to William Flash
      Then William Flash has a seat of General admission
      And William Flash has a seat of Additional cocktail party
      And all seats are assigned
      `,
    ),
    scenario(
      '44 of a group',
      `
      Given the registrant has bought 4 General admission and 2 Additional cocktail party
      When the registrant assigns a seat of General admission to William Flash
      And the registrant assigns a seat of General admission to Jon Jaffe
      And the registrant assigns a seat of General admission to Karen Berge
      And the registrant assigns a seat of General admission to Mike Nash
      And the registrant assigns a seat of Additional cocktail party to Antonio Alwan
      And the registrant assigns a seat of Additional cocktail party to Jim Corbin
      Then William Flash has a seat of General admission
      And Jon Jaffe has a seat of General admission
      And Karen Berge has a seat of General admission
      And Mike Nash has a seat of General admission
      And Antonio Alwan has a seat of Additional cocktail party
      And Jim Corbin has a seat of Additional cocktail party
      And all seats are assigned
      And the organiser sees 6 attendees
      `,
    ),
  ],
);
