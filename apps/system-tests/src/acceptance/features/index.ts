import { conferenceConfiguration } from './a-conference-configuration.feature.ts';
import { seatTypesConfiguration } from './b-seat-types-configuration.feature.ts';
import { multipleConferences } from './c-multiple-conferences.feature.ts';
import { selfRegistrationHappy } from './e-self-registration-happy.feature.ts';
import { selfRegistrationSad } from './f-self-registration-sad.feature.ts';
import { selfRegistrationFree } from './g-self-registration-free.feature.ts';
import { selfRegistrationFullAvailability } from './h-self-registration-full-availability.feature.ts';
import { selfRegistrationPartialAvailability } from './i-self-registration-partial-availability.feature.ts';
import { twoAtTheLastSeats } from './j-two-at-the-last-seats.feature.ts';
import { groupRegistrationHappy } from './k-group-registration-happy.feature.ts';
import { groupRegistrationSad } from './l-group-registration-sad.feature.ts';
import { groupRegistrationFullAvailability } from './m-group-registration-full-availability.feature.ts';
import { groupRegistrationPartialAvailability } from './n-group-registration-partial-availability.feature.ts';
import { fullAssignments } from './o-full-assignments.feature.ts';
import { partialAssignments } from './p-partial-assignments.feature.ts';
import { endToEnd } from './s-end-to-end.feature.ts';
import { concurrency } from './t-concurrency.feature.ts';
import { integrationOfTheConfiguration } from './u-integration-of-the-configuration.feature.ts';
import { hardening } from './v-hardening.feature.ts';
import { reservationUnderConcurrency } from './w-reservation-under-concurrency.feature.ts';
import { eventByEvent } from './x-event-by-event.feature.ts';
import { inTheWordsOfTheBusiness } from './y-in-the-words-of-the-business.feature.ts';
import { olderDrafts } from './z-older-drafts.feature.ts';

/** All features, in the order of the list. */
export const features = [
  conferenceConfiguration,
  seatTypesConfiguration,
  multipleConferences,
  selfRegistrationHappy,
  selfRegistrationSad,
  selfRegistrationFree,
  selfRegistrationFullAvailability,
  selfRegistrationPartialAvailability,
  twoAtTheLastSeats,
  groupRegistrationHappy,
  groupRegistrationSad,
  groupRegistrationFullAvailability,
  groupRegistrationPartialAvailability,
  fullAssignments,
  partialAssignments,
  endToEnd,
  concurrency,
  integrationOfTheConfiguration,
  hardening,
  reservationUnderConcurrency,
  eventByEvent,
  inTheWordsOfTheBusiness,
  olderDrafts,
] as const;
