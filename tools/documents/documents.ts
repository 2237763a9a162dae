import { apiDocuments } from './api-documents.ts';
import { asyncApi } from './asyncapi.ts';
import { testingPage } from './capability-table.ts';
import { eventsPage } from './events-page.ts';
import { jsonText } from './json-text.ts';
import { refusalsPage } from './refusals-page.ts';

export type GeneratedDocument = {
  /** From the workspace's root. */
  readonly path: string;
  readonly text: string;
};

/** Everything in `docs/` that is made from the code; the same code makes the same text. */
export const documents = async (): Promise<readonly GeneratedDocument[]> => [
  { path: 'docs/events.md', text: eventsPage() },
  { path: 'docs/asyncapi.json', text: jsonText(asyncApi()) },
  { path: 'docs/refusals.md', text: refusalsPage(await apiDocuments()) },
  { path: 'docs/TESTING.md', text: testingPage() },
];

/** Every folder of golden files, from the workspace's root. */
export const goldenFolders: readonly string[] = [
  ...['conference-management', 'payments', 'registration'].flatMap((context) => [
    `libs/${context}/application/golden/`,
    `libs/${context}/contracts/golden/`,
  ]),
  ...['original', 'process'].map((folder) => `libs/registration/application/golden/${folder}/`),
  'libs/runtime/golden/',
];
