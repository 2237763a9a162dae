import { runContextService } from '@conference/platform';
import { conferenceManagementApp, openEngines } from './app.ts';

await runContextService({ name: 'conference-management', openEngines, app: conferenceManagementApp });
