import { feature, scenario } from '../sentences.ts';

export const groupRegistrationHappy = feature(
  'K A registrant registers a group without any trouble',
  `
  Given a published conference with 100 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '30 reserves seats',
      `
      When the registrant orders 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party
      Then all wanted seats are reserved
      And the order holds 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party
      And the total is $1197
      And the countdown is running
      `,
    ),
    scenario(
      '31 gives name and e-mail address, and is asked to pay',
      `
      Given the registrant has reserved 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party
      When the registrant gives name and e-mail address
      And the registrant goes on to pay
      Then the registrant is asked to pay $1197
      `,
    ),
    scenario(
      '32 pays',
      `
      Given the registrant has reserved 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party
      And the registrant has given name and e-mail address
      When the registrant pays
      Then the order is confirmed
      And the order holds 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party
      And 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party can be assigned
      `,
    ),
    scenario(
      '33 assigns all seats',
      `
      Given the registrant has bought 3 General admission, 1 CQRS Workshop and 2 Additional cocktail party
      When the registrant assigns a seat of General admission to William Flash
      And the registrant assigns a seat of General admission to Jim Corbin
      And the registrant assigns a seat of General admission to Karen Berge
      And the registrant assigns a seat of CQRS Workshop to Mike Nash
      And the registrant assigns a seat of Additional cocktail party to Jon Jaffe
      And the registrant assigns a seat of Additional cocktail party to Antonio Alwan
      Then William Flash has a seat of General admission
      And Jim Corbin has a seat of General admission
      And Karen Berge has a seat of General admission
      And Mike Nash has a seat of CQRS Workshop
      And Jon Jaffe has a seat of Additional cocktail party
      And Antonio Alwan has a seat of Additional cocktail party
      And all seats are assigned
      And the organiser sees 6 attendees
      `,
    ),
  ],
);
