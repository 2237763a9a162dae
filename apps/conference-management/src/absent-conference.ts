import type { ConferenceManagementQueries } from '@conference/conference-management-application';
import { notFound, type Problem, readModelBehind } from '@conference/platform';

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
