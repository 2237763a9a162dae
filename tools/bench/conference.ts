import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { HotConference } from './load.ts';
import { ports } from './services.ts';

const created = z.object({ id: z.string(), slug: z.string(), token: z.string() });
const seatType = z.object({ id: z.string() });
const seatTypes = z.array(z.object({ id: z.string(), available: z.int() }));
const catalogueWaitMs = 10_000;

const post = async (path: string, body: object | undefined, token?: string): Promise<unknown> => {
  const answer = await fetch(`http://127.0.0.1:${ports['conference-management']}${path}`, {
    method: 'POST',
    headers: {
      'idempotency-key': randomUUID(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
};

/** One published conference with three seat types, as large as a quota may be; several of them where the load needs more seats. */
export const hotConference = async (name: string): Promise<HotConference> => {
  const conference = created.parse(
    await post('/v1/conferences', {
      name: `Bench ${name}`,
      description: 'One hot conference',
      location: 'Here',
      slug: `bench_${name}_${randomUUID().slice(0, 8)}`,
      startDate: '2027-05-02',
      endDate: '2027-05-03',
      currency: 'USD',
      owner: { name: 'Bench', email: 'bench@example.org' },
    }),
  );
  const types: z.infer<typeof seatType>[] = [];
  for (const [index, type] of ['General', 'Workshop', 'Dinner'].entries()) {
    const body = { name: type, description: type, price: { amount: 10_000 * (index + 1), currency: 'USD' }, quota: 100_000 };
    types.push(seatType.parse(await post(`/v1/conferences/${conference.id}/seat-types`, body, conference.token)));
  }
  await post(`/v1/conferences/${conference.id}/publish`, undefined, conference.token);
  const until = Date.now() + catalogueWaitMs;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${ports.registration}/v1/conferences/${conference.slug}/seat-types`);
    if (answer.ok && seatTypes.parse(await answer.json()).filter(({ available }) => available > 0).length === 3) break;
    if (Date.now() > until) throw new Error('registration has not heard of the conference');
    await sleep(50);
  }
  return { conferenceId: conference.id, seatTypeIds: types.map(({ id }) => id) };
};
