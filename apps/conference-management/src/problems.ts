import { problemCatalog } from '@conference/platform';

/** The context's own refusals; the codes are those of its decider. */
export const problems = problemCatalog({
  'slug-taken': { status: 409, title: 'There is a conference with this slug' },
  'conference-not-found': { status: 404, title: 'Not found' },
  'invalid-dates': { status: 400, title: 'The conference ends before it starts' },
  'seat-type-not-found': { status: 404, title: 'Not found' },
  'seat-type-id-taken': { status: 409, title: 'There is a seat type with this id' },
  'too-many-seat-types': { status: 409, title: 'The conference has as many seat types as it can have' },
  'conference-was-published': { status: 409, title: 'Once the conference was published, its seat types stay' },
});
