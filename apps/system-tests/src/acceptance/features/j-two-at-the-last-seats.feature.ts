import { feature, scenario } from '../sentences.ts';

export const twoAtTheLastSeats = feature(
  'J Two registrants want the last seats',
  `
  Given a published conference with 10 seats each of CQRS Workshop at $500
  `,
  [
    scenario(
      '29 the second is offered what the first has left',
      `
      Given another registrant has reserved 6 CQRS Workshop
      When the registrant orders 6 CQRS Workshop
      Then not all wanted seats are reserved
      And of 6 wanted seats of CQRS Workshop 4 are reserved
      And the total is $2000
      And CQRS Workshop is sold out
      `,
    ),
  ],
);
