import { feature, scenario } from '../sentences.ts';

export const selfRegistrationHappy = feature(
  'E A registrant registers without any trouble',
  `
  Given a published conference with 100 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '11 reserves seats',
      `
      When the registrant orders 1 General admission and 1 Additional cocktail party
      Then all wanted seats are reserved
      And the order holds 1 General admission and 1 Additional cocktail party
      And the order holds no CQRS Workshop
      And the total is $249
      And the countdown is running
      `,
    ),
    scenario(
      '12 gives name and e-mail address, and is asked to pay',
      `
      Given the registrant has reserved 1 General admission and 1 Additional cocktail party
      When the registrant gives name and e-mail address
      Then the order is registered for William Flash
      When the registrant goes on to pay
      Then the registrant is asked to pay $249
      `,
    ),
    scenario(
      '13 pays',
      `
      Given the registrant has reserved 1 General admission and 1 Additional cocktail party
      And the registrant has given name and e-mail address
      When the registrant pays
      Then the payment is completed
      And the order is confirmed
      And the order holds 1 General admission and 1 Additional cocktail party
      And 1 General admission and 1 Additional cocktail party can be assigned
      `,
    ),
    scenario(
      '14 assigns all seats',
      `
      Given the registrant has bought 1 General admission and 1 Additional cocktail party
      When the registrant assigns a seat of General admission to William Flash
      And the registrant assigns a seat of Additional cocktail party to Jon Jaffe
      Then William Flash has a seat of General admission
      And Jon Jaffe has a seat of Additional cocktail party
      And all seats are assigned
      `,
    ),
  ],
);
