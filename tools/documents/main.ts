/** `npm run documents`: writes the documents that are made from the code, and the new golden files into their manifests. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { goldenFaults, recordGoldenFiles } from '@conference/testing-spec';
import { documents, goldenFolders } from './documents.ts';

const root = join(import.meta.dirname, '..', '..');

for (const { path, text } of await documents()) {
  writeFileSync(join(root, path), text);
  console.log(path);
}

const faults = goldenFolders.flatMap((folder) => {
  const url = pathToFileURL(`${join(root, folder)}/`);
  recordGoldenFiles(url);
  return goldenFaults(url).map((fault) => `${folder}${fault}`);
});
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
