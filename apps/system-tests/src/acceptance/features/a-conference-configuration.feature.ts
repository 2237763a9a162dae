import { feature, scenario } from '../sentences.ts';

export const conferenceConfiguration = feature('A An organiser configures a conference', '', [
  scenario(
    '1 creates it',
    `
      When the organiser creates a conference
      Then the conference belongs to William Flash
      And the organiser is given an access code of 16 characters
      And the access code of another conference is another one
    `,
  ),
  scenario(
    '2 publishes it',
    `
      Given a conference that is not published
      Then the conference is not published
      And registration does not show the conference
      When the organiser publishes the conference
      Then the conference is published
      And registration shows the conference
    `,
  ),
  scenario(
    '3 edits it',
    `
      Given a published conference
      When the organiser changes the description to “Now with a workshop on event sourcing.”
      Then the conference says “Now with a workshop on event sourcing.”
      And the conference is published
    `,
  ),
  scenario(
    '4 comes back to it',
    `
      Given a published conference
      When the organiser comes back with e-mail address and access code
      Then the organiser sees the details of the conference
    `,
  ),
]);
