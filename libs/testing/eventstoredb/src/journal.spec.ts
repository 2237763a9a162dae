import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openJournal } from './journal.ts';

it('a journal that is closed while it writes has what it wrote', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  const record = { stream: 's-1', messages: [Buffer.from('one'), Buffer.alloc(3_000_000, 7)] };
  const journal = await openJournal(folder);
  journal.add(record);
  const syncing = journal.sync();
  await journal.close();
  await syncing;
  const again = await openJournal(folder);
  expect([[...again.records], again.tornBytes]).toEqual([[record], 0]);
  await again.close();
  rmSync(folder, { recursive: true, force: true });
});
