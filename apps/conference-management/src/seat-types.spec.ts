import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientOf, codeOf, fullPass, match, seen } from './client.fixture.ts';
import { type Component, component, idOf } from './component.fixture.ts';

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const { call, created, pagesOf } = clientOf(() => service);

describe('Seat types', () => {
  it('are added, changed, listed in pages and removed, with the version of the conference', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/seat-types`;
    const first = await call('POST', url, { token, body: fullPass });
    const { id: seatTypeId } = first.json<{ id: string }>();
    expect([first.statusCode, first.headers.etag, first.json()]).toEqual([201, '"1"', { ...fullPass, id: seatTypeId }]);
    const second = await call('POST', url, { token, body: { ...fullPass, name: 'Workshop', price: 5000 } });
    expect(second.json()).toMatchObject({ price: { amount: 5000, currency: 'EUR' } });

    const page = await call('GET', `${url}?limit=1`, { token, headers: seen(second) });
    expect(page.json()).toEqual({ items: [{ ...fullPass, id: seatTypeId, remaining: 10 }], next: expect.any(String) });
    expect(page.headers.etag).toBe('"2"');
    const rest = await call('GET', `${url}?limit=1&after=${page.json<{ next: string }>().next}`, { token });
    expect(rest.json()).toEqual({ items: [{ ...second.json<object>(), remaining: 10 }], next: null });
    expect(codeOf(await call('GET', `${url}?after=nonsense`, { token }))).toEqual([400, 'invalid-request']);
    expect(codeOf(await call('GET', `${url}?limit=101`, { token }))).toEqual([400, 'invalid-request']);

    const changed = await call('PUT', `${url}/${seatTypeId}`, { token, headers: match(second), body: { ...fullPass, quota: 20 } });
    expect([changed.statusCode, changed.json()]).toEqual([200, { ...fullPass, id: seatTypeId, quota: 20 }]);
    const gone = await call('DELETE', `${url}/${seatTypeId}`, { token, headers: match(changed) });
    expect([gone.statusCode, gone.body, gone.headers.etag]).toEqual([204, '', '"4"']);
    const left = await call('GET', url, { token, headers: seen(gone) });
    expect(left.json<{ items: { name: string }[] }>().items.map(({ name }) => name)).toEqual(['Workshop']);
    expect(codeOf(await call('PUT', `${url}/${seatTypeId}`, { token, headers: match(gone), body: fullPass }))).toEqual([
      404,
      'seat-type-not-found',
    ]);
  });

  it('are each shown once in pages, while some are added and removed', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/seat-types`;
    const add = (name: string) => call('POST', url, { token, body: { ...fullPass, name } });
    for (let n = 0; n < 7; n++) await add(`Pass ${n}`);
    let last = await add('Pass 7');
    const { items } = (await call('GET', url, { token, headers: seen(last) })).json<{ items: { id: string }[] }>();
    let step = 0;
    const shown = await pagesOf<{ name: string }>(url, token, 3, async () => {
      step += 1;
      // The first one has been shown already, and the one that is added comes last.
      if (step === 1) last = await call('DELETE', `${url}/${items[0]?.id}`, { token, headers: match(last) });
      if (step === 2) last = await add('Pass 8');
      await call('GET', url, { token, headers: seen(last) });
    });
    expect(shown.map(({ name }) => name)).toEqual(Array.from({ length: 9 }, (_, n) => `Pass ${n}`));
  });

  it('stay once the conference was published', async () => {
    const { id, token } = await created();
    const seatType = await call('POST', `/v1/conferences/${id}/seat-types`, { token, body: fullPass });
    const published = await call('POST', `/v1/conferences/${id}/publish`, { token });
    const url = `/v1/conferences/${id}/seat-types/${seatType.json<{ id: string }>().id}`;
    expect(codeOf(await call('DELETE', url, { token, headers: match(published) }))).toEqual([409, 'conference-was-published']);
    expect(codeOf(await call('DELETE', url, { token }))).toEqual([428, 'if-match-required']);
  });

  it('are added once under one key', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/seat-types`;
    const headers = { 'idempotency-key': 'k' };
    const first = await call('POST', url, { token, body: fullPass, headers });
    await service.restart();
    const again = await call('POST', url, { token, body: fullPass, headers });
    expect([again.body, again.headers.etag, again.headers['idempotency-replayed']]).toEqual([first.body, first.headers.etag, 'true']);
    expect((await call('GET', url, { token, headers: seen(again) })).json<{ items: object[] }>().items).toHaveLength(1);
  });

  it('show what remains as registration reports it, below zero after a cut', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/seat-types`;
    const seatType = await call('POST', url, { token, body: fullPass });
    const { id: seatTypeId } = seatType.json<{ id: string }>();
    const cut = await call('PUT', `${url}/${seatTypeId}`, { token, headers: match(seatType), body: { ...fullPass, quota: 2 } });
    expect(cut.statusCode).toBe(200);
    const reserved = {
      conferenceId: id,
      reservationId: idOf('order'),
      request: 1,
      wanted: [],
      seats: [],
      availableSeatsChanged: [{ seatTypeId, delta: -3 }],
    };
    await service.say('seats', `SeatsAvailability-${id}`, { type: 'SeatsReserved', data: reserved });
    await vi.waitFor(async () => {
      const list = await call('GET', url, { token });
      expect(list.json<{ items: { remaining: number }[] }>().items.map(({ remaining }) => remaining)).toEqual([-1]);
    }, 5_000);
  });
});
