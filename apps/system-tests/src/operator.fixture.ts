/** What an operator does at one service. */
import { secretsOf } from '@conference/tools';

export type Parked = {
  readonly id: string;
  readonly subject: string;
  readonly sequence: number;
  readonly kind: 'event' | 'message' | 'undecodable';
  readonly error: string;
  readonly attempts: number;
};
export type ProjectionStatus = { readonly name: string; readonly position: string; readonly lag: number };
export type OperatorAnswer = { readonly status: number; readonly code?: string };

export interface Operator {
  /** By subject and sequence. */
  parked(): Promise<readonly Parked[]>;
  projections(): Promise<readonly ProjectionStatus[]>;
  /** A `POST` below `/ops`. */
  post(path: string, body?: object): Promise<OperatorAnswer>;
}

const inOrder = (a: Parked, b: Parked): number => a.subject.localeCompare(b.subject) || a.sequence - b.sequence;

export const operatorOf = (address: string, dataDir: string): Operator => {
  const authorization = `Bearer ${secretsOf(dataDir, {}).operatorToken}`;
  const items = async <Item>(path: string): Promise<readonly Item[]> => {
    const response = await fetch(`${address}/ops/${path}`, { headers: { authorization } });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return ((await response.json()) as { readonly items: readonly Item[] }).items;
  };
  return {
    parked: async () => (await items<Parked>('parked-messages?limit=100')).toSorted(inOrder),
    projections: () => items<ProjectionStatus>('projections'),
    post: async (path, body) => {
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
      const response = await fetch(`${address}/ops/${path}`, { method: 'POST', headers, ...json });
      const { code } = (await response.json()) as { readonly code?: string };
      return { status: response.status, ...(code === undefined ? {} : { code }) };
    },
  };
};
