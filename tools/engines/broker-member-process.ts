/** `node broker-member-process.ts <brokers> <topic>`: a member that hands each batch to its parent, and ends only when it is killed. */
import { once } from 'node:events';
import { joinAs, openBroker } from './broker-load.ts';

const [brokers = '', topic = ''] = process.argv.slice(2);
process.once('disconnect', () => process.exit(0));
await joinAs(await openBroker(brokers, topic), topic, async (batch) => {
  process.send?.(batch);
  await once(process, 'message');
});
