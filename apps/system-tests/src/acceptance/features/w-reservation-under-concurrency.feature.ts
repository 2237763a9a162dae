import { feature, scenario } from '../sentences.ts';

export const reservationUnderConcurrency = feature('W Seats are reserved under concurrency', '', [
  scenario(
    '66 four registrants for two seats each, of four',
    `
      Given a published conference with 4 seats each of CQRS Workshop at $500
      When 4 registrants order 2 CQRS Workshop each, all at the same time
      Then exactly 2 of them have all their seats
      And exactly 2 of them have not
      And those who have not hold nothing and pay nothing
      And the history of exactly 2 orders tells OrderReservationCompleted
      And the history of exactly 2 orders tells OrderPartiallyReserved
      And CQRS Workshop is sold out
    `,
  ),
  scenario(
    '67 two hundred registrants for two seats each, of two hundred',
    `
      Given a published conference with 200 seats each of CQRS Workshop at $500
      When 200 registrants order 2 CQRS Workshop each, all at the same time
      Then exactly 100 of them have all their seats
      And exactly 100 of them have not
      And those who have not hold nothing and pay nothing
      And the history of exactly 100 orders tells OrderReservationCompleted
      And the history of exactly 100 orders tells OrderPartiallyReserved
      And CQRS Workshop is sold out
    `,
  ),
]);
