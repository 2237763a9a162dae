import { eventStoreCapabilities, eventStoreContract } from '@conference/testing-contracts';
import { type EventStoreServer, startEventStoreServer } from '@conference/testing-eventstoredb';
import { afterAll, beforeAll } from 'vitest';
import { storeUnderContract } from './contract.fixture.ts';

const client = 'eventstore';
const capabilities = eventStoreCapabilities.eventstoredb;

let server: EventStoreServer;
beforeAll(async () => {
  server = await startEventStoreServer();
});
afterAll(() => server?.stop());

eventStoreContract({
  name: `eventstoredb by the client ${client}, its test double`,
  capabilities,
  create: () => storeUnderContract(client, server.url),
});

const real = process.env.EVENTSTORE_URL;
if (real === undefined)
  process.stdout.write(`EVENTSTORE_URL is not set: the contract was not run by the client ${client} against a real EventStoreDB\n`);
else
  eventStoreContract({
    name: `eventstoredb by the client ${client}, by address`,
    capabilities,
    create: () => storeUnderContract(client, real),
  });
