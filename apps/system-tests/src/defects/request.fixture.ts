/** A request as anybody could send it, and the whole answer. */
import { randomUUID } from 'node:crypto';

export type Ask = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
};
export type Said = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined when the answer is no JSON object. */
  readonly json: { readonly [name: string]: unknown } | undefined;
  /** Of a problem. */
  readonly code: unknown;
};

const jsonOf = (text: string): Said['json'] => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
};

export const ask = async (url: string, { method = 'GET', token, body, headers }: Ask = {}): Promise<Said> => {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = jsonOf(text);
  return { status: response.status, headers: response.headers, text, json, code: json?.['code'] };
};
