import { feature, scenario } from '../sentences.ts';

export const endToEnd = feature(
  'S A registrant goes all the way',
  `
  Given a published conference with 100 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '59 from the first choice to the last seat',
      `
      When the registrant orders 1 General admission and 1 Additional cocktail party
      Then all wanted seats are reserved
      And the total is $249
      When the registrant gives name and e-mail address
      And the registrant goes on to pay
      Then the registrant is asked to pay $249
      When the registrant accepts the payment
      Then the payment is completed
      And the order is confirmed
      And 1 General admission and 1 Additional cocktail party can be assigned
      When the registrant assigns a seat of General admission to William Flash
      And the registrant assigns a seat of Additional cocktail party to Jon Jaffe
      Then William Flash has a seat of General admission
      And Jon Jaffe has a seat of Additional cocktail party
      And all seats are assigned
      `,
    ),
  ],
);
