import { feature, scenario } from '../sentences.ts';

export const olderDrafts = feature('Z What the original once meant to test', '', [
  scenario(
    'Z1 an organiser changes how many seats there are',
    `
      Given a published conference with 100 seats each of General admission at $199
      When the organiser changes General admission to 200 seats at $199
      Then the organiser sees 200 seats of General admission at $199
      And 200 seats of General admission can be had
    `,
  ),
  scenario(
    'Z2 an organiser removes a seat type, which can be done until the conference is published',
    `
      Given a conference that is not published
      And the conference has 100 seats of General admission at $199
      And the conference has 10 seats of CQRS Workshop at $500
      When the organiser removes CQRS Workshop
      Then the organiser sees no CQRS Workshop
      And the organiser sees 100 seats of General admission at $199
      When the organiser publishes the conference
      And the organiser tries to remove General admission
      Then it is refused: it was published once
      And the organiser sees 100 seats of General admission at $199
    `,
  ),
  scenario(
    'Z3 a conference needs a name and a location',
    `
      When somebody creates a conference without a name and a location
      Then it is refused: the name is missing
      And it is refused: the location is missing
    `,
  ),
  scenario(
    'Z4 the address of a conference is taken once',
    `
      Given a conference that is not published
      When somebody creates a conference with the same address
      Then it is refused: its address is taken
    `,
  ),
]);
