import { openEngines } from '@conference/engines';
import { runContextService } from '@conference/platform';
import { payments } from './app.ts';

await runContextService(payments, openEngines);
