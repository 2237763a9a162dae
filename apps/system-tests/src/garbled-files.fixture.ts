/** Records and events that became unreadable on the disk, while the process that writes the file is stopped. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ServiceName } from '@conference/tools';

const busyTimeoutMs = 5_000;

const onFile = <Result>(path: string, work: (database: DatabaseSync) => Result): Result => {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    return work(database);
  } finally {
    database.close();
  }
};

/** A topic's record; answers its offset. */
export const garbleRecord = (
  dataDir: string,
  topic: string,
  garbled: { readonly subject: string; readonly sequence: number },
  text: string,
): number =>
  onFile(join(dataDir, 'topics', `${topic}.sqlite`), (database) => {
    const found = database
      .prepare("SELECT offset FROM message WHERE json_extract(message, '$.subject') = ? AND json_extract(message, '$.sequence') = ?")
      .all(garbled.subject, garbled.sequence);
    const [record] = found;
    if (record === undefined || found.length !== 1)
      throw new Error(`${garbled.subject}/${garbled.sequence} was sent ${found.length} times`);
    const offset = Number(record['offset']);
    database.prepare('UPDATE message SET message = ? WHERE offset = ?').run(text, offset);
    return offset;
  });

/** The last event of this type in a stream; mended by what it answers. */
export const garbleEvent = (
  dataDir: string,
  service: ServiceName,
  garbled: { readonly stream: string; readonly type: string },
): (() => void) => {
  const path = join(dataDir, service, 'events.sqlite');
  const write = (data: string | number | bigint | null | NodeJS.NonSharedUint8Array, position: number): void =>
    void onFile(path, (database) => database.prepare('UPDATE events SET data = ? WHERE position = ?').run(data, position));
  const found = onFile(path, (database) =>
    database
      .prepare(
        `SELECT e.position, e.data FROM events e JOIN streams s ON s.id = e.stream WHERE s.name = ? AND e.type = ?
         ORDER BY e.position DESC LIMIT 1`,
      )
      .get(garbled.stream, garbled.type),
  );
  if (found === undefined) throw new Error(`${garbled.stream} has no ${garbled.type}`);
  const { position, data = null } = found;
  write('{"orderId":"of nobody"}', Number(position));
  return () => write(data, Number(position));
};
