/**
 * The acceptance scenarios of the original (the reference implementation of the CQRS Journey), with its letters for features
 * and its numbers for scenarios, so that whoever knows it finds them. Scenario 65 is two here: what is paid after the order
 * has expired confirms it when its seats are still to be had, and is given back when they are not.
 */
type Listed = { readonly title: string; readonly scenarios: readonly string[] };

export const theList = {
  A: { title: 'Conference configuration', scenarios: ['1', '2', '3', '4'] },
  B: { title: 'Seat types configuration', scenarios: ['5'] },
  C: { title: 'Multiple conferences', scenarios: ['6'] },
  E: { title: 'Self registration end to end, happy', scenarios: ['11', '12', '13', '14'] },
  F: { title: 'Self registration end to end, sad', scenarios: ['15', '16', '17', '18', '19'] },
  G: { title: 'Self registration free of charge', scenarios: ['20', '21'] },
  H: { title: 'Self registration, reservation with full availability', scenarios: ['22', '23', '24', '25'] },
  I: { title: 'Self registration, reservation with partial availability', scenarios: ['26', '27'] },
  J: { title: 'Self registration, two at the last seats', scenarios: ['29'] },
  K: { title: 'Group registration end to end, happy', scenarios: ['30', '31', '32', '33'] },
  L: { title: 'Group registration end to end, sad', scenarios: ['35'] },
  M: { title: 'Group registration, reservation with full availability', scenarios: ['36', '37', '38'] },
  N: { title: 'Group registration, reservation with partial availability', scenarios: ['40', '41'] },
  O: { title: 'Full assignments', scenarios: ['43', '44'] },
  P: { title: 'Partial assignments', scenarios: ['45', '46'] },
  S: { title: 'End to end, in one go', scenarios: ['59'] },
  T: { title: 'Concurrency', scenarios: ['60'] },
  U: { title: 'Integration: conference configuration', scenarios: ['61', '62'] },
  V: { title: 'Integration: hardening of the registration process', scenarios: ['63', '64', '65a', '65b'] },
  W: { title: 'Integration: reservation under concurrency', scenarios: ['66', '67'] },
  X: { title: 'Integration: end to end, event by event', scenarios: ['69'] },
  Y: { title: 'Integration: end to end, in the words of the business', scenarios: ['70'] },
  /** Older drafts that the original no longer ran; it gave them no numbers. */
  Z: { title: 'Older drafts', scenarios: ['Z1', 'Z2', 'Z3', 'Z4'] },
} as const satisfies { readonly [letter: string]: Listed };

export type FeatureLetter = keyof typeof theList;
export type ScenarioNumber = (typeof theList)[FeatureLetter]['scenarios'][number];

/** Not told here yet, and why. */
export const leftForLater = {
  D: { title: 'Discounts configuration', scenarios: ['7', '8', '9', '10'], because: 'there are no promotional codes yet' },
  Q: {
    title: 'Discounts',
    scenarios: ['47', '48', '49', '50', '51', '52', '53', '54', '55'],
    because: 'there are no promotional codes yet',
  },
  R: { title: 'Waitlist', scenarios: ['56', '57', '58'], because: 'there is no wait-list yet' },
} as const satisfies { readonly [letter: string]: Listed & { readonly because: string } };

/** Numbers that the original's list skips. */
export const skippedNumbers = ['28', '34', '39', '42', '68'] as const;
/** Its last number. */
export const lastNumber = 70;
