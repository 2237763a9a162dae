import { feature, scenario } from '../sentences.ts';

export const concurrency = feature(
  'T Many registrants come at the same time',
  `
  Given a published conference with 10 seats each of CQRS Workshop at $500
  `,
  [
    scenario(
      '60 twenty for ten seats',
      `
      When 20 registrants order 1 CQRS Workshop each, all at the same time
      Then exactly 10 of them have all their seats
      And exactly 10 of them have not
      And those who have not hold nothing and pay nothing
      And CQRS Workshop is sold out
      When all who have their seats pay, at the same time
      Then exactly 10 of them are confirmed
      And CQRS Workshop is sold out
      `,
    ),
  ],
);
