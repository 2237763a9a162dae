import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest folder upwards from `from` that holds an `nx.json`; the working directory when there is none. */
export const workspaceRoot = (from: string = import.meta.dirname): string => {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'nx.json'))) return folder;
    if (dirname(folder) === folder) return process.cwd();
  }
};
