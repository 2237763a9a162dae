/** Requests whose answers are looked at as they are: what the journey's client reads is only what a journey needs. */
import { randomUUID } from 'node:crypto';
import { type Held, RequestRefused, type ServiceName } from '@conference/tools';
import type { StartedSystem } from '../system.fixture.ts';

export type Asked = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly token?: string;
  readonly body?: object;
  readonly ifMatch?: number;
};

const isObject = (value: unknown): value is { readonly [member: string]: unknown } => typeof value === 'object' && value !== null;

const codeIn = (text: string): string => /"code":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';

const requestMsMax = 10_000;

/** The body of a 2xx answer; throws {@link RequestRefused} for any other. */
export const ask = async (running: StartedSystem, service: ServiceName, path: string, asked: Asked = {}): Promise<unknown> => {
  const { method = 'GET', token, body, ifMatch } = asked;
  const headers = new Headers();
  if (method !== 'GET') headers.set('idempotency-key', randomUUID());
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (ifMatch !== undefined) headers.set('if-match', `"${ifMatch}"`);
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${running.system.addresses[service]}${path}`, {
    method,
    headers,
    ...content,
    signal: AbortSignal.timeout(requestMsMax),
  });
  const text = await answer.text();
  if (!answer.ok) throw new RequestRefused(`${method} ${path}`, { status: answer.status, code: codeIn(text), detail: text });
  return answer.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text;
};

export const itemsOf = (body: unknown): readonly { readonly [member: string]: unknown }[] => {
  if (!isObject(body) || !Array.isArray(body['items'])) throw new Error(`no list: ${JSON.stringify(body)}`);
  return body['items'].filter(isObject);
};

/** The types of all events of an order or a conference, oldest first. */
export const historyOf = async (
  running: StartedSystem,
  kind: 'orders' | 'conferences',
  { id, token }: Held,
): Promise<readonly unknown[]> => {
  const service = kind === 'orders' ? 'registration' : 'conference-management';
  const body = await ask(running, service, `/v1/${kind}/${id}/history?limit=100`, { token });
  return itemsOf(body).map(({ type }) => type);
};
