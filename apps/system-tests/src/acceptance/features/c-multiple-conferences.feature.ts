import { feature, scenario } from '../sentences.ts';

export const multipleConferences = feature('C Organisers create several conferences', '', [
  scenario(
    '6 three with many seats each',
    `
      When 3 conferences are created, each with 100000 seats of General admission at $0 and 100000 seats of CQRS Workshop at $1
      Then each of them shows 100000 seats of General admission and 100000 seats of CQRS Workshop
    `,
  ),
]);
