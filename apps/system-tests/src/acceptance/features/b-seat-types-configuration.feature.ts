import { feature, scenario } from '../sentences.ts';

export const seatTypesConfiguration = feature('B An organiser configures what is sold', '', [
  scenario(
    '5 adds a seat type',
    `
      Given a conference that is not published
      When the organiser adds 100 seats of General admission at $199
      Then the organiser sees 100 seats of General admission at $199
    `,
  ),
]);
