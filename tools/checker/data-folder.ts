/** The stores and secrets of the embedded engines, read beside running services and never written. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Instant, JsonObject, MessageMetadata, Position, StreamName } from '@conference/kernel';
import { keptSecret, type ServiceName } from '@conference/platform';
import type { StoredEvent } from '@conference/ports';
import { z } from 'zod';
import type { EventsOfServices } from './facts.ts';

const positionDigits = 16;
const busyTimeoutMs = 5_000;

const eventRow = z.object({
  position: z.number(),
  stream: z.string(),
  version: z.number(),
  event_id: z.string(),
  type: z.string(),
  schema_version: z.number(),
  recorded_at: z.string(),
  metadata: z.string(),
  data: z.string(),
});

const select = `SELECT e.position, s.name AS stream, e.version, e.event_id, e.type, e.schema_version, e.recorded_at, e.metadata, e.data
  FROM events e JOIN streams s ON s.id = e.stream ORDER BY e.position`;

const storedEvent = (columns: unknown): StoredEvent => {
  const row = eventRow.parse(columns);
  return {
    eventId: row.event_id,
    type: row.type,
    schemaVersion: row.schema_version,
    data: JSON.parse(row.data) as JsonObject,
    metadata: JSON.parse(row.metadata) as MessageMetadata,
    streamName: row.stream as StreamName,
    streamVersion: row.version,
    position: String(row.position).padStart(positionDigits, '0') as Position,
    recordedAt: row.recorded_at as Instant,
  };
};

const storePath = (dataDir: string, service: ServiceName): string => join(dataDir, service, 'events.sqlite');

/** All events of one service, by position, in one read transaction. None when the service has never run on this folder. */
const eventsOf = (dataDir: string, service: ServiceName): readonly StoredEvent[] => {
  const path = storePath(dataDir, service);
  if (!existsSync(path)) return [];
  const database = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs });
  try {
    return database.prepare(select).all().map(storedEvent);
  } finally {
    database.close();
  }
};

/** Whether services have run on this folder with the embedded event store. */
export const isDataFolder = (dataDir: string): boolean => existsSync(storePath(dataDir, 'registration'));

/**
 * The events of all three services. While services run, each store is read at its own moment: what one of them has just
 * heard of may be missing at the other, until nothing is under way any more.
 */
export const readEvents = (dataDir: string): EventsOfServices => ({
  'conference-management': eventsOf(dataDir, 'conference-management'),
  registration: eventsOf(dataDir, 'registration'),
  payments: eventsOf(dataDir, 'payments'),
});

export type Secrets = { readonly tokenSecret: string; readonly operatorToken: string };

/** From the environment, or as the services keep them in their data folder; undefined where there are none. */
export const secretsOf = (dataDir: string | undefined, environment: NodeJS.ProcessEnv = process.env): Partial<Secrets> => {
  const isKept = dataDir !== undefined && existsSync(join(dataDir, 'secrets'));
  const tokenSecret = environment['TOKEN_SECRET'] ?? (isKept ? keptSecret(dataDir, 'TOKEN_SECRET') : undefined);
  const operatorToken = environment['OPERATOR_TOKEN'] ?? (isKept ? keptSecret(dataDir, 'OPERATOR_TOKEN') : undefined);
  return { ...(tokenSecret === undefined ? {} : { tokenSecret }), ...(operatorToken === undefined ? {} : { operatorToken }) };
};
