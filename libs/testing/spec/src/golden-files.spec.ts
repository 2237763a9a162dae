import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { goldenFaults, goldenFiles, missingGoldenFiles, recordGoldenFiles } from './golden-files.ts';

describe('a folder of golden files', () => {
  let path = '';
  let folder = new URL('file:///');
  const write = (file: string, data: object, indent?: number): void =>
    writeFileSync(join(path, file), JSON.stringify({ type: 'Placed', schemaVersion: 1, data }, undefined, indent));

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'golden-'));
    folder = pathToFileURL(`${path}/`);
    write('Placed.v1.json', { id: 'a' });
    recordGoldenFiles(folder);
  });
  afterEach(() => rmSync(path, { recursive: true }));

  it('is read as its samples, without the manifest and further folders', () => {
    mkdirSync(join(path, 'streams'));
    expect(goldenFiles(folder)).toEqual([{ file: 'Placed.v1.json', type: 'Placed', schemaVersion: 1, data: { id: 'a' } }]);
  });

  it('is in order while every file is what it was, whatever its layout', () => {
    expect(goldenFaults(folder)).toEqual([]);
    write('Placed.v1.json', { id: 'a' }, 2);
    expect(goldenFaults(folder)).toEqual([]);
  });

  it('has a fault when a file was edited, and recording it again does not make that good', () => {
    write('Placed.v1.json', { id: 'b' });
    const edited = ['Placed.v1.json was edited: a golden file is only ever added'];
    expect(goldenFaults(folder)).toEqual(edited);
    recordGoldenFiles(folder);
    expect(goldenFaults(folder)).toEqual(edited);
  });

  it('has a fault when a file was removed, and recording does not make that good', () => {
    rmSync(join(path, 'Placed.v1.json'));
    recordGoldenFiles(folder);
    expect(goldenFaults(folder)).toEqual(['Placed.v1.json was removed: what was written once is read for ever']);
  });

  it('has a fault until a new file is recorded, in the order of the names', () => {
    write('Named.v1.json', {});
    expect(goldenFaults(folder)).toEqual(['Named.v1.json is not in manifest.json']);
    recordGoldenFiles(folder);
    expect(goldenFaults(folder)).toEqual([]);
    expect(Object.keys(JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')))).toEqual(['Named.v1.json', 'Placed.v1.json']);
  });

  it('lacks a file for each version of each type that has none', () =>
    expect(missingGoldenFiles(folder, { Placed: 2, Named: 1 })).toEqual(['Placed.v2.json', 'Named.v1.json']));
});
