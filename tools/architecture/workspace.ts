/** What the rules of the architecture are checked against: plain data, so that a rule can be shown a workspace that breaks it. */

export type SourceFile = {
  /** From the workspace's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
};

export type TypeCheck = {
  /** The project files that the target `typecheck` compiles. */
  readonly projects: readonly string[];
  /** What `tsconfig.json` adds to the language itself: `types` and `lib`, when it names any. */
  readonly ambient: readonly string[];
};

export type Package = {
  readonly name: string;
  /** From the workspace's root, with forward slashes. */
  readonly folder: string;
  readonly tags: readonly string[];
  readonly exports: string | undefined;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  readonly typeCheck: TypeCheck;
  readonly sources: readonly SourceFile[];
};

export type Workspace = {
  readonly packages: readonly Package[];
  /** The development tools that every package's specs may use. */
  readonly rootDevDependencies: readonly string[];
  readonly rootEntries: readonly string[];
  /** Every file that is, or would be, committed. */
  readonly files: readonly SourceFile[];
};

/** A rule returns one line per violation, each naming the place; nothing when it is kept. */
export type Rule = (workspace: Workspace) => readonly string[];

export const layers = [
  'kernel',
  'domain',
  'contracts',
  'ports',
  'runtime',
  'application',
  'adapter',
  'platform',
  'engines',
  'testing',
  'app',
  'system',
] as const;

export type Layer = (typeof layers)[number];

const tagged = (pkg: Package, prefix: string): readonly string[] =>
  pkg.tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));

export const layerOf = (pkg: Package): Layer | undefined => layers.find((layer) => layer === tagged(pkg, 'layer:')[0]);
export const contextOf = (pkg: Package): string | undefined => tagged(pkg, 'context:')[0];
export const layerTagsOf = (pkg: Package): readonly string[] => tagged(pkg, 'layer:');

export const isSpec = (file: SourceFile): boolean => file.path.endsWith('.spec.ts');

export const inLayer = (workspace: Workspace, ...wanted: readonly Layer[]): readonly Package[] =>
  workspace.packages.filter((pkg) => wanted.some((layer) => layer === layerOf(pkg)));

/** `@scope/name/deep/path` → `@scope/name`; `name/deep` → `name`. */
export const packageNameOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
