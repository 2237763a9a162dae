/** Registration with its read models on a server of its own, and the embedded engines for the rest. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sqliteMessageBroker } from '@conference/adapter-sqlite';
import { registration } from '@conference/app-registration';
import { topics as conferenceTopics } from '@conference/conference-management-contracts';
import { openEngines } from '@conference/engines';
import { component } from '@conference/platform';
import { uuidv5 } from '@conference/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReadModelServer, startReadModelServer } from './read-model-server.ts';

const enginesDir = join(import.meta.dirname, '..', '..', '.engines');
const conferenceId = uuidv5('engines:conference');
const seatTypeId = uuidv5('engines:seat-type');
const slug = 'engines';

let server: ReadModelServer;
const started = () =>
  component({
    service: registration,
    settings: { engines: { readModels: { url: server.url } } },
    openEngines,
    neighbours: ({ dataDir: folder, timer }) =>
      sqliteMessageBroker({
        folder: join(folder, 'topics'),
        offsetsPath: join(folder, 'neighbours.sqlite'),
        publishes: [conferenceTopics.conferences.name],
        timer,
      }),
  });
let service: Awaited<ReturnType<typeof started>>;

beforeAll(async () => {
  server = await startReadModelServer({ enginesDir, print: (line) => console.log(line) });
  service = await started();
});
afterAll(async () => {
  await service?.close();
  await server?.stop();
});

type Placed = { readonly id: string; readonly token: string; readonly order: { readonly state: string } };
let keys = 0;
const place = (quantity: number, headers: { readonly [name: string]: string } = {}) =>
  service.http().inject({
    method: 'POST',
    url: '/v1/orders',
    headers: { 'idempotency-key': `key ${++keys}`, ...headers },
    payload: { conferenceId, items: [{ seatTypeId, quantity }] },
  });
const read = ({ id, token }: Placed) =>
  service.http().inject({ method: 'GET', url: `/v1/orders/${id}`, headers: { authorization: `Bearer ${token}` } });
const seatTypes = () => service.http().inject({ method: 'GET', url: `/v1/conferences/${slug}/seat-types` });

const eventually = async (assertion: () => Promise<void>): Promise<void> => {
  for (const last of Array.from({ length: 200 }, (_, n) => n === 199)) {
    try {
      return await assertion();
    } catch (error) {
      if (last) throw error;
      await sleep(100);
    }
  }
};

test('what was said is shown, and an order is placed, reserved and read', async () => {
  await service.say(
    conferenceTopics.conferences.name,
    `Conference-${conferenceId}`,
    {
      type: 'ConferenceCreated',
      data: {
        conferenceId,
        slug,
        currency: 'EUR',
        name: 'Engines',
        description: 'On three of them',
        location: 'Basel',
        tagline: null,
        twitterSearch: null,
        startDate: '2027-05-02',
        endDate: '2027-05-03',
      },
    },
    {
      type: 'ConferencePublished',
      data: { conferenceId, seatTypes: [{ seatTypeId, name: 'full', description: 'All days', price: 19900, quota: 10 }] },
    },
  );
  await eventually(async () => expect((await seatTypes()).json()).toMatchObject([{ name: 'full', available: 10 }]));
  const answer = await place(2, { prefer: 'wait=10' });
  expect([answer.statusCode, answer.json<Placed>().order.state]).toEqual([201, 'reserved']);
  await eventually(async () => expect((await read(answer.json<Placed>())).json()).toMatchObject({ state: 'reserved' }));
  await eventually(async () => expect((await seatTypes()).json()).toMatchObject([{ name: 'full', available: 8 }]));
});

test('what is heard while the read-model server is away is decided, and shown when it is there again, by itself', async () => {
  const placed = (await place(1, { prefer: 'wait=10' })).json<Placed>();
  await eventually(async () => expect((await read(placed)).json()).toMatchObject({ state: 'reserved' }));
  await server.kill();
  const workshop = uuidv5('engines:workshop');
  await service.say(conferenceTopics.conferences.name, `Conference-${conferenceId}`, {
    type: 'SeatTypeCreated',
    data: { conferenceId, seatTypeId: workshop, name: 'workshop', description: 'One day', price: 9900, quota: 5 },
  });
  await server.restart();
  await eventually(async () => {
    expect((await seatTypes()).json()).toMatchObject([
      { name: 'full', available: 7 },
      { name: 'workshop', available: 5 },
    ]);
  });
  expect((await read(placed)).json()).toMatchObject({ state: 'reserved' });
});

test('a service that is started again goes on with the read models that are there', async () => {
  const before = (await seatTypes()).json();
  await service.restart();
  expect((await seatTypes()).json()).toEqual(before);
  expect((await place(1, { prefer: 'wait=10' })).json<Placed>().order.state).toBe('reserved');
});
