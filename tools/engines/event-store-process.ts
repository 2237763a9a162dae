/**
 * The double of EventStoreDB as a process, started by hand: `node tools/engines/event-store-process.ts [--port <n>] [--control-port <n>]
 * [--data <folder>]`. Prints its addresses, and ends on SIGTERM, on SIGINT and when nobody owns it any more.
 */
import { runEventStoreProcess } from '@conference/testing-eventstoredb';
import { whenOwnersAreGone } from '../processes.ts';

const { stop } = await runEventStoreProcess(process.argv.slice(2));
whenOwnersAreGone([], stop);
