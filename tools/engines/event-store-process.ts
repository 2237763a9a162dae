/** The double of EventStoreDB as a process: prints its address, and ends on SIGTERM, on SIGINT and when nobody owns it any more. */
import { startEventStoreDouble } from '@conference/testing-eventstoredb';
import { whenOwnersAreGone } from '../processes.ts';

const double = await startEventStoreDouble({ port: Number(process.argv[2] ?? 0) }).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
let isStopping = false;
const stop = async (): Promise<void> => {
  if (isStopping) return;
  isStopping = true;
  await double.close();
  process.exit(0);
};
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
whenOwnersAreGone([], () => void stop());
console.log(`EVENTSTORE_URL=${double.url}`);
