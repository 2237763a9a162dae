import { openEngines } from '@conference/engines';
import { runContextService } from '@conference/platform';
import { conferenceManagement } from './app.ts';

await runContextService(conferenceManagement, openEngines);
