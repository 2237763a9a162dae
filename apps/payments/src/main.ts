import { runContextService } from '@conference/platform';
import { openEngines, paymentsApp } from './app.ts';

await runContextService({ name: 'payments', openEngines, app: paymentsApp });
