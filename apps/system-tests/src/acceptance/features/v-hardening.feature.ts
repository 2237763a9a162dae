import { feature, scenario, scenarioAlone } from '../sentences.ts';

export const hardening = feature('V The registration process survives crashes and lost time', '', [
  scenarioAlone(
    '63 registration crashes as soon as it has accepted an order',
    `
      Given a published conference with 20 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
      When the registrant orders 1 General admission and 1 Additional cocktail party, and registration crashes at once
      And registration is started again
      Then all wanted seats are reserved
      And the order holds 1 General admission and 1 Additional cocktail party
      And the total is $249
      And 19 seats of General admission can be had
    `,
  ),
  scenario(
    '64 the reservation ends and nobody has paid',
    `
      Given reservations of 4 seconds and a grace of 1
      And a published conference with 20 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
      When the registrant orders 1 General admission and 1 Additional cocktail party
      Then all wanted seats are reserved
      When the reservation and its grace have passed
      Then the order is expired
      And the history of the order tells OrderExpired
      And the history of the order does not tell OrderConfirmed
      And 20 seats of General admission can be had
      And 20 seats of Additional cocktail party can be had
    `,
  ),
  scenario(
    '65a the payment comes after the order has expired, and its seats are still to be had',
    `
      Given reservations of 4 seconds and a grace of 1
      And a published conference with 20 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
      And the registrant has begun to pay for 1 General admission and 1 Additional cocktail party
      When the reservation and its grace have passed
      Then the order is expired
      And 20 seats of General admission can be had
      When the registrant accepts the payment
      Then the payment is completed
      And the order is confirmed
      And the order holds 1 General admission and 1 Additional cocktail party
      And 19 seats of General admission can be had
    `,
  ),
  scenario(
    '65b the payment comes after the order has expired, and its seats are gone',
    `
      Given reservations of 4 seconds and a grace of 1
      And a published conference with 20 seats each of General admission at $199, CQRS Workshop at $500 and Additional cocktail party at $50
      And the registrant has begun to pay for 1 General admission and 1 Additional cocktail party
      When the reservation and its grace have passed
      Then the order is expired
      And 20 seats of General admission can be had
      When all seats of General admission are bought by others meanwhile
      And the registrant accepts the payment
      Then the money is given back
      And the order is expired
      And the history of the order does not tell OrderConfirmed
      And 20 seats of Additional cocktail party can be had
    `,
  ),
]);
