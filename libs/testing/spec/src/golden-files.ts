import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { JsonObject } from '@conference/kernel';

/** A sample of one version of one type, as it was once written: `<type>.v<version>[.<what is special>].json`. */
export type GoldenFile = { readonly file: string; readonly type: string; readonly schemaVersion: number; readonly data: JsonObject };

const manifestName = 'manifest.json';

/** By file, the SHA-256 of its content: what a file was when it was added. */
export type GoldenManifest = { readonly [file: string]: string };

const readJson = (folder: URL, file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
const isSample = (file: string): boolean => file.endsWith('.json') && file !== manifestName;
/** Of the content: another layout of the same JSON is the same file. */
const digestOf = (folder: URL, file: string): string =>
  createHash('sha256')
    .update(JSON.stringify(readJson(folder, file)))
    .digest('hex');
const samplesOf = (folder: URL): readonly string[] => readdirSync(folder).filter(isSample).toSorted();
const manifestOf = (folder: URL): GoldenManifest =>
  readdirSync(folder).includes(manifestName) ? (readJson(folder, manifestName) as GoldenManifest) : {};

/** The samples of a folder, by name. Folders in it, and the manifest, are none. */
export const goldenFiles = (folder: URL): readonly GoldenFile[] =>
  samplesOf(folder).map((file) => ({ file, ...(readJson(folder, file) as Omit<GoldenFile, 'file'>) }));

/**
 * What is wrong with a folder of golden files; nothing when each is what it was when it was added. What was written once is
 * read for ever: a file is added, never edited and never removed.
 */
export const goldenFaults = (folder: URL): readonly string[] => {
  const manifest = manifestOf(folder);
  const files = samplesOf(folder);
  return [
    ...files.filter((file) => manifest[file] === undefined).map((file) => `${file} is not in ${manifestName}`),
    ...files
      .filter((file) => manifest[file] !== undefined && manifest[file] !== digestOf(folder, file))
      .map((file) => `${file} was edited: a golden file is only ever added`),
    ...Object.keys(manifest)
      .filter((file) => !files.includes(file))
      .map((file) => `${file} was removed: what was written once is read for ever`),
  ];
};

/** The versions of types, from 1 to the one written today, that have no file of their own. */
export const missingGoldenFiles = (folder: URL, versions: { readonly [type: string]: number }): readonly string[] => {
  const files = new Set(samplesOf(folder));
  return Object.entries(versions)
    .flatMap(([type, version]) => Array.from({ length: version }, (_, index) => `${type}.v${index + 1}.json`))
    .filter((file) => !files.has(file));
};

/** Writes the new files of a folder into its manifest; what stands there already stays, whatever the files say now. */
export const recordGoldenFiles = (folder: URL): void => {
  const manifest = manifestOf(folder);
  const added = samplesOf(folder).filter((file) => manifest[file] === undefined);
  const entries = [...Object.entries(manifest), ...added.map((file) => [file, digestOf(folder, file)] as const)];
  const sorted = Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(new URL(manifestName, folder), `${JSON.stringify(sorted, undefined, 2)}\n`);
};
