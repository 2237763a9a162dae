import { runContextService } from '@conference/platform';
import { openEngines, registrationApp } from './app.ts';

await runContextService({ name: 'registration', openEngines, app: registrationApp });
