import { feature, scenario } from '../sentences.ts';

export const selfRegistrationSad = feature(
  'F A registrant does not get through at once',
  `
  Given a published conference with 10 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
  `,
  [
    scenario(
      '15 selects nothing',
      `
      When the registrant orders nothing
      Then it is refused: one or more items are required
      `,
    ),
    scenario(
      '16 finds that two kinds of seats are sold out meanwhile',
      `
      Given the registrant sees seats of every kind on offer
      When all seats of CQRS Workshop and Additional cocktail party are taken meanwhile
      And the registrant orders 1 General admission, 1 CQRS Workshop and 1 Additional cocktail party
      Then not all wanted seats are reserved
      And CQRS Workshop is sold out
      And Additional cocktail party is sold out
      When the registrant chooses 1 General admission instead
      Then all wanted seats are reserved
      And the order holds 1 General admission
      And the total is $199
      `,
    ),
    scenario(
      '17 gives details that are not valid',
      `
      Given the registrant has reserved 1 General admission, 1 CQRS Workshop and 1 Additional cocktail party
      When the registrant gives no last name and “william” as e-mail address
      Then it is refused: the last name is missing
      And it is refused: that is no e-mail address
      And the order is registered for nobody
      `,
    ),
    scenario(
      '18 has the payment rejected',
      `
      Given the registrant has begun to pay for 1 General admission, 1 CQRS Workshop and 1 Additional cocktail party
      When the registrant rejects the payment
      Then the payment is rejected
      And the order is still reserved
      And the registrant is asked again to pay $749
      When the registrant pays
      Then the order is confirmed
      `,
    ),
    scenario(
      '19 assigns some of the seats',
      `
      Given the registrant has bought 1 General admission, 1 CQRS Workshop and 1 Additional cocktail party
      When the registrant assigns a seat of General admission to William Flash
      And the registrant assigns a seat of Additional cocktail party to Jon Jaffe
      Then William Flash has a seat of General admission
      And Jon Jaffe has a seat of Additional cocktail party
      And no seat of CQRS Workshop is assigned
      And 2 of 3 seats are assigned
      `,
    ),
  ],
);
