import type { DomainEvent, Json, JsonObject, Recorded } from '@conference/kernel';
import * as z from 'zod';
import { entryAfter, numberedPage } from './list-cursor.ts';
import { pageOf } from './pagination.ts';

const entryView = z.object({
  type: z.string(),
  at: z.string().describe('When it happened: ISO 8601, UTC, with milliseconds'),
  actor: z.string().describe('Who made it happen'),
  reason: z.string().nullable(),
  version: z.int().describe('Of the resource, from 0'),
  data: z.record(z.string(), z.unknown()).describe('Of the event, without access codes'),
});

/** The answer of a `history`: what happened to the resource, oldest first. */
export const historyView = pageOf(entryView);
export type HistoryEntry = z.infer<typeof entryView>;
export type HistoryPage = { readonly items: HistoryEntry[]; readonly next: string | null };

const secretMembers: ReadonlySet<string> = new Set(['accessCode']);

/** At any depth, so that no event can bring one in by a new member. */
const withoutSecrets = (value: Json): Json => {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return withoutSecretsOf(value as JsonObject);
};
const withoutSecretsOf = (data: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(data).flatMap(([name, member]) => (secretMembers.has(name) ? [] : [[name, withoutSecrets(member)] as const])),
  );

const entryOf = ({ event, streamVersion, metadata }: Recorded<DomainEvent>): HistoryEntry => ({
  type: event.type,
  at: metadata.occurredAt,
  actor: metadata.actor,
  reason: metadata.reason ?? null,
  version: streamVersion,
  data: withoutSecretsOf(event.data),
});

/**
 * A page of a resource's history. `list` names the resource (`history/<id>`), and `read` its events from a version on, at most
 * so many. Access codes never go out; who else may see the personal data in it, the route's policy says.
 */
export const historyPage = async (
  list: string,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  read: (range: { readonly from: number; readonly maxCount: number }) => Promise<readonly Recorded<DomainEvent>[]>,
): Promise<HistoryPage> => {
  const found = await read({ from: entryAfter(list, after) + 1, maxCount: limit + 1 });
  const { items, next } = numberedPage(list, limit, found, ({ streamVersion }) => streamVersion);
  return { items: items.map(entryOf), next };
};
