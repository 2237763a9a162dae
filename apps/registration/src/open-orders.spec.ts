import type { Instant } from '@conference/kernel';
import type { OrderDocument } from '@conference/registration-application';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Conference, clientOf, codeOf, eventually, type Placed, patient, said } from './client.fixture.ts';
import { type Component, component, graceSeconds, reservationSeconds } from './component.fixture.ts';
import { type Admission, openOrders } from './open-orders.ts';

vi.setConfig(patient);

const at = (seconds: number): Instant => new Date(Date.UTC(2027, 4, 2, 9) + seconds * 1000).toISOString() as Instant;
const me = '192.0.2.1';
const set = (max: number | undefined) => {
  const states = new Map<string, OrderDocument['state']>();
  const placed = new Set<string>();
  const time = { seconds: 0, reads: 0 };
  const orders = openOrders({
    max,
    clock: { now: () => at(time.seconds) },
    order: async (id) => {
      time.reads++;
      const state = states.get(id);
      return state === undefined ? undefined : ({ state } as OrderDocument);
    },
    isPlaced: async (id) => placed.has(id),
  });
  const opened = (admission: Admission, endsAt: number): void => {
    if (admission.status === 'limited') expect.unreachable();
    else admission.opened(at(endsAt));
  };
  const open = async (id: string, endsAt = 900): Promise<void> => {
    opened(await orders.admit(me, id), endsAt);
    placed.add(id);
  };
  const status = async (id: string, address = me) => (await orders.admit(address, id)).status;
  return { ...orders, open, status, states, time };
};

describe('The orders that a client address has open', () => {
  it('are not limited unless it is asked for', async () => {
    const { status, time } = set(undefined);
    for (let n = 0; n < 100; n++) expect(await status(`o${n}`)).toBe('admitted');
    expect(time.reads).toBe(0);
  });

  it('are limited per address; the refusal says when the first of them ends, at most in a minute', async () => {
    const { admit, open, status, time } = set(2);
    await open('o1', 70);
    await open('o2', 900);
    expect(await admit(me, 'o3')).toEqual({ status: 'limited', retryAfterSeconds: 60 });
    expect(await status('o3', '192.0.2.2')).toBe('admitted');
    time.seconds = 50;
    expect(await admit(me, 'o3')).toEqual({ status: 'limited', retryAfterSeconds: 20 });
  });

  it.each(['confirmed', 'cancelled', 'expired'] as const)('do not count once one is %s', async (state) => {
    const { open, status, states } = set(2);
    await open('o1');
    await open('o2');
    states.set('o1', 'reserved');
    states.set('o2', 'partially-reserved');
    expect(await status('o3')).toBe('limited');
    states.set('o1', state);
    expect(await status('o3')).toBe('admitted');
  });

  it('do not count from the reservation’s end on, without being asked for', async () => {
    const { open, status, time } = set(1);
    await open('o1', 900);
    time.seconds = 899;
    expect(await status('o2')).toBe('limited');
    time.seconds = 900;
    time.reads = 0;
    expect(await status('o2')).toBe('admitted');
    expect(time.reads).toBe(0);
  });

  it('count from the moment they are asked for: many at once do not slip through', async () => {
    const { admit, open, states } = set(3);
    await open('o1');
    states.set('o1', 'confirmed');
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => admit(me, `new ${n}`)));
    expect(answers.filter(({ status }) => status === 'admitted')).toHaveLength(3);
  });

  it('do not count what was refused', async () => {
    const { admit, status } = set(1);
    const admission = await admit(me, 'o1');
    expect(await status('o2')).toBe('limited');
    if (admission.status === 'admitted') admission.refused();
    expect(await status('o2')).toBe('admitted');
  });

  it('count a repeated request once, and never refuse it', async () => {
    const { open, status, states } = set(2);
    await open('o1');
    await open('o1');
    await open('o2');
    expect(await status('o1')).toBe('admitted');
    // Forgotten here, and still there.
    states.set('o1', 'confirmed');
    await open('o3');
    expect(await status('o1')).toBe('admitted');
    expect(await status('o4')).toBe('limited');
  });
});

describe('OPEN_ORDERS_PER_CLIENT', () => {
  let service: Component;
  let days: Conference;
  beforeAll(async () => {
    service = await component({ openOrdersPerClient: 2 });
    days = await conference({ free: { price: 0, quota: 500 } });
  });
  afterAll(() => service.close());
  const { key, conference, place, cancel, register, confirm, becomes } = clientOf(() => service);

  it('limits unpaid orders, and a repeated request is answered all the same', async () => {
    const keys = [key(), key(), key()] as const;
    const first = await place(days, { free: 1 }, keys[0]);
    expect((await place(days, { free: 21 }, keys[1])).statusCode).toBe(400);
    expect(codeOf(await place(days, { unheard: 1 }, keys[1]))).toEqual([409, 'unknown-seat-type']);
    const second = await place(days, { free: 1 }, { ...keys[1], prefer: 'wait=5' });
    expect([first.statusCode, second.statusCode]).toEqual([201, 201]);

    const limited = await place(days, { free: 1 }, keys[2]);
    expect(codeOf(limited)).toEqual([429, 'too-many-open-orders']);
    expect(Number(limited.headers['retry-after'])).toBe(60);
    expect(said(await place(days, { free: 1 }, keys[0]))).toEqual(said(first));

    expect((await cancel(first.json<Placed>())).statusCode).toBe(200);
    await eventually(async () => expect((await place(days, { free: 1 }, keys[2])).statusCode).toBe(201));
    expect(codeOf(await place(days, { free: 1 }))).toEqual([429, 'too-many-open-orders']);

    const placed = second.json<Placed>();
    expect((await register(placed)).statusCode).toBe(200);
    expect((await confirm(placed)).statusCode).toBe(200);
    await becomes(placed, { state: 'confirmed' });
    expect((await place(days, { free: 1 })).statusCode).toBe(201);
    expect(codeOf(await place(days, { free: 1 }))).toEqual([429, 'too-many-open-orders']);

    service.forward(reservationSeconds + graceSeconds);
    const answers = await Promise.all(Array.from({ length: 6 }, () => place(days, { free: 1 })));
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([201, 201, 429, 429, 429, 429]);
  });

  it('does not refuse a repeated request whose answer a new process has to make again', async () => {
    service.forward(reservationSeconds);
    await service.restart();
    const keys = [key(), key(), key()] as const;
    const first = await place(days, { free: 1 }, keys[0]);
    await service.restart();
    expect((await place(days, { free: 1 }, keys[1])).statusCode).toBe(201);
    expect((await place(days, { free: 1 }, keys[2])).statusCode).toBe(201);
    const again = await place(days, { free: 1 }, keys[0]);
    expect([said(again), again.headers['idempotency-replayed']]).toEqual([said(first), 'true']);
  });
});
