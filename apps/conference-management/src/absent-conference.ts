import type { ConferenceManagementQueries } from '@conference/conference-management-application';
import { notFound, type Problem, readModelBehind } from '@conference/platform';

/** Nothing is absent for sure before a read model was filled for the first time, or while it is filled anew. */
export const assertFilled = async (
  { isFilled }: Pick<ConferenceManagementQueries, 'isFilled'>,
  model: Parameters<ConferenceManagementQueries['isFilled']>[0],
): Promise<void> => {
  if (!(await isFilled(model))) throw readModelBehind();
};

type KnowsConferences = Pick<ConferenceManagementQueries, 'isCreated'>;

/** Why the read model shows nothing: there is no such conference, or its events are on their way. */
export const absentConference = async ({ isCreated }: KnowsConferences, conferenceId: string): Promise<Problem> =>
  (await isCreated(conferenceId)) ? readModelBehind() : notFound();

/** A page of what a conference has; 404 when it is empty because there is no such conference. */
export const pageOfConference = async <Page extends { readonly items: readonly unknown[] }>(
  { isCreated }: KnowsConferences,
  conferenceId: string,
  page: Page,
): Promise<Page> => {
  if (page.items.length === 0 && !(await isCreated(conferenceId))) throw notFound();
  return page;
};
