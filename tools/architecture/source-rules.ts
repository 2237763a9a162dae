/** What stands, or must not stand, in the files themselves. */
import { posix } from 'node:path';
import { codeOf } from './source-text.ts';
import { inLayer, isSpec, type Rule, type SourceFile } from './workspace.ts';

const sourceLinesMax = 350;
/** Files that may be longer; each with its reason. Keep it short. */
const longFiles: readonly string[] = [];

const rootEntries: readonly string[] = [
  'README.md',
  'apps',
  'biome.json',
  'docker-compose.yml',
  'docs',
  'infra',
  'libs',
  'nx.json',
  'package-lock.json',
  'package.json',
  'tools',
  'tsconfig.base.json',
];

const ambient =
  /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(?:\(\s*\)|(?!\s*\())|\bset(?:Timeout|Interval|Immediate)\b|\bMath\s*\.\s*random\b|\brandomUUID\b|\bperformance\s*\.\s*now\b|\bAbortSignal\s*\.\s*timeout\b/g;

const where = (file: SourceFile, text: string, index: number): string => `${file.path}:${text.slice(0, index).split('\n').length}`;

const found = (file: SourceFile, text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map((match) => `${where(file, text, match.index)}: ${match[0]}`);

export const timeAndChanceComeThroughPorts: Rule = (workspace) =>
  inLayer(workspace, 'kernel', 'domain', 'contracts', 'ports', 'runtime', 'application')
    .flatMap((pkg) => pkg.sources)
    .filter((file) => !isSpec(file))
    .flatMap((file) => found(file, codeOf(file.text), ambient));

/** The loser of a race goes on unseen, and the order of the winners is not reproducible under simulated time. */
export const theRuntimeRunsNoRaces: Rule = (workspace) =>
  inLayer(workspace, 'runtime', 'application')
    .flatMap((pkg) => pkg.sources)
    .flatMap((file) => found(file, codeOf(file.text), /\bPromise\s*\.\s*(?:race|any)\b/g));

export const theRootHoldsOnlyWhatItMust: Rule = (workspace) =>
  workspace.rootEntries
    .filter((entry) => !entry.startsWith('.') && entry !== 'node_modules' && !rootEntries.includes(entry))
    .map((entry) => `${entry}: does not belong in the root`);

const isSource = (file: SourceFile): boolean => /\.(?:ts|mts|mjs|js)$/.test(file.path);
const marks = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`, 'g');

export const nothingIsLeftForLater: Rule = ({ files }) =>
  files.filter((file) => isSource(file) || file.path.endsWith('.md')).flatMap((file) => found(file, file.text, marks));

const linesOf = (file: SourceFile): number => file.text.replace(/\n$/, '').split('\n').length;

export const filesAreShort: Rule = ({ files }) =>
  files
    .filter((file) => isSource(file) && linesOf(file) > sourceLinesMax && !longFiles.includes(file.path))
    .map((file) => `${file.path}: ${linesOf(file)} lines, more than ${sourceLinesMax}`);

/** Words that say nothing; a process manager is the field's own term. */
const emptyWords = /(?<![a-z])(?:utils?|helpers?|managers?|commons?|misc|stuff)(?![a-z])/;

export const fileNamesSayWhatIsInside: Rule = ({ files }) =>
  files
    .filter((file) => isSource(file) && emptyWords.test(posix.basename(file.path).toLowerCase().replaceAll('process-manager', '')))
    .map((file) => `${file.path}: the name says nothing`);

const machinePath = /(?<![\w.$}-])\/(?:work|tmp|root|home|Users|private\/var)(?:\/[\w.-]+)+|\b[A-Z]:\\Users\\/g;
const registryHost = /https?:\/\/[^\s/"'`]*\b(?:registry|npm|npmjs|nexus|artifactory|verdaccio)\b[^\s/"'`]*/g;
const publicHost = /^https:\/\/(?:(?:registry|www|docs)\.npmjs\.(?:org|com))$/;

/** The lockfile has a rule of its own. */
export const noFileNamesAMachine: Rule = ({ files }) =>
  files
    .filter((file) => file.path !== 'package-lock.json')
    .flatMap((file) => [
      ...found(file, file.text, machinePath),
      ...found(file, file.text, registryHost).filter((line) => !publicHost.test(line.slice(line.indexOf(': ') + 2))),
    ]);

type Lockfile = {
  readonly packages: Readonly<
    Record<string, { readonly resolved?: string; readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
};

const lockfilesOf = (files: readonly SourceFile[]): readonly Lockfile[] =>
  files.filter((file) => file.path === 'package-lock.json').map((file) => JSON.parse(file.text));

/** A lockfile made behind a mirror names it; then nobody else can install. */
export const theLockfileNamesNoMirror: Rule = ({ files }) =>
  lockfilesOf(files)
    .flatMap(({ packages }) => Object.values(packages).map(({ resolved }) => resolved ?? ''))
    .filter((resolved) => /^\w+:/.test(resolved) && !resolved.startsWith('https://registry.npmjs.org/'))
    .map((resolved) => `package-lock.json: ${resolved}`);

/** Binaries come as one optional package per platform; npm may write down only those of the machine that made the lockfile. */
export const theLockfileServesEveryPlatform: Rule = ({ files }) =>
  lockfilesOf(files).flatMap(({ packages }) =>
    Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined)
        .map((name) => `package-lock.json: ${path} needs ${name}, which is not locked`),
    ),
  );
