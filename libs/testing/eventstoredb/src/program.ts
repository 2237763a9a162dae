import { runEventStoreProcess } from './process.ts';

await runEventStoreProcess(process.argv.slice(2));
