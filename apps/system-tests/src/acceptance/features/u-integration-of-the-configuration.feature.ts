import { feature, scenario } from '../sentences.ts';

export const integrationOfTheConfiguration = feature('U What an organiser configures reaches registration', '', [
  scenario(
    '61 a conference',
    `
      When the organiser creates a conference
      And the organiser publishes the conference
      Then the history of the conference tells ConferenceCreated
      And the history of the conference tells ConferencePublished
      And registration shows the conference
    `,
  ),
  scenario(
    '62 seat types of a published conference',
    `
      Given a published conference
      When the organiser adds 100 seats of General admission at $199
      And the organiser adds 50 seats of CQRS Workshop at $500
      And the organiser adds 30 seats of Additional cocktail party at $50
      Then the history of the conference tells SeatTypeCreated 3 times
      And 100 seats of General admission can be had
      And 50 seats of CQRS Workshop can be had
      And 30 seats of Additional cocktail party can be had
    `,
  ),
]);
