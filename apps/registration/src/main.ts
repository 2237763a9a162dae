import { openEngines } from '@conference/engines';
import { runContextService } from '@conference/platform';
import { registration } from './app.ts';

await runContextService(registration, openEngines);
