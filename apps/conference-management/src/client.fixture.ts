import { callerOf, type CallHeaders as Headers } from '@conference/platform';
import type { Component } from './component.fixture.ts';

export type { CallHeaders as Headers, CallMethod as Method } from '@conference/platform';

export const details = {
  name: 'Domain days',
  description: 'Two days about domains',
  location: 'Basel',
  startDate: '2027-05-02',
  endDate: '2027-05-03',
};
export const newConference = (slug: string) => ({ ...details, slug, currency: 'EUR', owner: { name: 'Ada', email: 'Ada@Example.org' } });
export const fullPass = { name: 'Full pass', description: 'Both days', price: { amount: 19900, currency: 'EUR' }, quota: 10 };

type Created = { readonly id: string; readonly token: string; readonly accessCode: string };

/** Calls the routes as a client would. */
export const clientOf = (service: () => Component) => {
  const call = callerOf(service);
  const create = async (slug: string, headers: Headers = {}) => {
    const answer = await call('POST', '/v1/conferences', { body: newConference(slug), headers });
    return { answer, ...answer.json<Created>() };
  };
  let slugs = 0;
  /** Every item of a list, page by page; `between` two of them something may happen. */
  const pagesOf = async <Item>(url: string, token: string, limit: number, between: () => Promise<void> = async () => {}) => {
    const items: Item[] = [];
    for (let next: string | null = ''; next !== null; await between()) {
      const answer = await call('GET', `${url}?limit=${limit}${next === '' ? '' : `&after=${next}`}`, { token });
      const page: { items: Item[]; next: string | null } = answer.json();
      items.push(...page.items);
      ({ next } = page);
    }
    return items;
  };
  return { call, create, created: () => create(`days_${++slugs}`), pagesOf };
};
export type Answer = Awaited<ReturnType<ReturnType<typeof clientOf>['call']>>;

export const codeOf = (answer: Answer) => [answer.statusCode, answer.json<{ code?: string }>().code];
/** So that a query has seen what the command wrote. */
export const seen = (answer: Answer): Headers => ({ 'consistency-token': String(answer.headers['consistency-token']) });
export const match = (answer: Answer): Headers => ({ 'if-match': String(answer.headers.etag) });
/** Where a request was not valid. */
export const pointersOf = (answer: Answer): readonly string[] =>
  answer.json<{ errors?: { pointer: string }[] }>().errors?.map(({ pointer }) => pointer) ?? [];
export type History = readonly {
  readonly type: string;
  readonly at: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly version: number;
  readonly data: object;
}[];
