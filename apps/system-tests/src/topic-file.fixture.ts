/** Rows of a topic's file, written as its publisher does while that one is stopped. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const busyTimeoutMs = 5_000;

const onTopic = <Result>(dataDir: string, topic: string, work: (database: DatabaseSync) => Result): Result => {
  const database = new DatabaseSync(join(dataDir, 'topics', `${topic}.sqlite`), { timeout: busyTimeoutMs });
  try {
    database.exec('BEGIN IMMEDIATE');
    const result = work(database);
    database.exec('COMMIT');
    return result;
  } finally {
    database.close();
  }
};

/** Each text as one message, seen by consumers; answers the offset of the first. */
export const writeToTopic = (dataDir: string, topic: string, texts: readonly string[]): number =>
  onTopic(dataDir, topic, (database) => {
    const insert = database.prepare('INSERT INTO message (key, message, publishedAt) VALUES (?, ?, ?)');
    const offsets = texts.map((text) => Number(insert.run('key', text, Date.now()).lastInsertRowid));
    database.exec('UPDATE topic SET durable = (SELECT max(offset) FROM message)');
    return offsets[0] ?? 0;
  });

/** As if it had been lost on its way; answers how many there were. */
export const loseFromTopic = (dataDir: string, topic: string, lost: { readonly subject: string; readonly sequence: number }): number =>
  onTopic(dataDir, topic, (database) =>
    Number(
      database
        .prepare("DELETE FROM message WHERE json_extract(message, '$.subject') = ? AND json_extract(message, '$.sequence') = ?")
        .run(lost.subject, lost.sequence).changes,
    ),
  );

/** A message of conference-management, whole in form whatever its content is. */
export const conferenceMessage = (of: {
  readonly subject: string;
  readonly sequence: number;
  readonly type: string;
  readonly data: object;
}): string =>
  JSON.stringify({
    messageId: randomUUID(),
    sourceContext: 'conference-management',
    key: of.subject.slice('Conference-'.length),
    schemaVersion: 1,
    occurredAt: new Date().toISOString(),
    metadata: { correlationId: randomUUID(), causationId: randomUUID() },
    ...of,
  });
