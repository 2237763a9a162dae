/** Who may depend on whom, by declaration (`package.json`) and by what the sources really import. */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { importsOf } from './source-text.ts';
import {
  contextOf,
  inLayer,
  isSpec,
  type Layer,
  layerOf,
  layerTagsOf,
  type Package,
  packageNameOf,
  type Rule,
  type SourceFile,
  type Workspace,
} from './workspace.ts';

type Allowed = {
  /** Layers whose packages may be imported; `own` restricts a layer to the importer's context. */
  readonly layers: readonly Layer[];
  readonly own?: readonly Layer[];
  readonly packages: readonly (string | RegExp)[] | 'any';
};

/** The table of `docs/ARCHITECTURE.md`. */
const allowed: { readonly [L in Layer]: Allowed } = {
  kernel: { layers: [], packages: [] },
  domain: { layers: ['kernel'], packages: [] },
  contracts: { layers: ['kernel'], packages: ['zod'] },
  ports: { layers: ['kernel'], packages: [] },
  runtime: { layers: ['kernel', 'ports'], packages: [] },
  application: { layers: ['kernel', 'ports', 'runtime', 'domain', 'contracts'], own: ['domain'], packages: ['zod'] },
  adapter: { layers: ['kernel', 'ports'], packages: [] },
  platform: {
    layers: ['kernel', 'ports', 'runtime'],
    packages: [/^fastify(-|$)/, /^@fastify\//, 'pino', 'zod', 'jose', 'prom-client'],
  },
  // Which adapter serves which port, by configuration.
  engines: { layers: ['ports', 'platform', 'adapter'], packages: [] },
  testing: { layers: ['kernel', 'ports', 'runtime'], packages: ['vitest', 'fast-check'] },
  app: {
    layers: ['kernel', 'ports', 'runtime', 'platform', 'engines', 'adapter', 'contracts', 'application', 'domain'],
    own: ['application', 'domain'],
    packages: 'any',
  },
  // Anything, and each through its one index; nobody may depend on them in turn.
  system: {
    layers: [
      'kernel',
      'ports',
      'runtime',
      'platform',
      'engines',
      'adapter',
      'contracts',
      'application',
      'domain',
      'app',
      'testing',
      'system',
    ],
    packages: 'any',
  },
};

/** The driver that each adapter wraps, and where one engine has two, both; an embedded engine needs none. A test double speaks the protocol of its driver. */
const drivers: { readonly [name: string]: readonly string[] } = {
  '@conference/adapter-eventstoredb': ['@eventstore/db-client', '@kurrent/kurrentdb-client'],
  '@conference/testing-eventstoredb': ['@eventstore/db-client', '@grpc/grpc-js', 'zod'],
  '@conference/adapter-kafka': ['kafkajs'],
  '@conference/adapter-mongodb': ['mongodb'],
};

const layersOfOneContext: readonly Layer[] = ['domain', 'contracts', 'application', 'app'];

export const everyPackageIsTagged: Rule = ({ packages }) =>
  packages.flatMap((pkg) => {
    const layer = layerOf(pkg);
    if (layer === undefined || layerTagsOf(pkg).length !== 1) return [`${pkg.folder}: needs exactly one known tag layer:*`];
    if (layersOfOneContext.includes(layer) !== (contextOf(pkg) !== undefined))
      return [`${pkg.folder}: layer:${layer} ${contextOf(pkg) === undefined ? 'needs' : 'has no'} tag context:*`];
    return [];
  });

function mayImportPackage(pkg: Package, layer: Layer, name: string): boolean {
  const { packages } = allowed[layer];
  if (packages === 'any') return true;
  const granted = [...packages, ...(drivers[pkg.name] ?? [])];
  return granted.some((entry) => (typeof entry === 'string' ? entry === name : entry.test(name)));
}

function mayDependOn(pkg: Package, name: string, { packages }: Workspace): boolean {
  const layer = layerOf(pkg);
  if (layer === undefined) return true; // everyPackageIsTagged reports it
  const target = packages.find((candidate) => candidate.name === name);
  if (target === undefined) return mayImportPackage(pkg, layer, name);
  const targetLayer = layerOf(target);
  if (targetLayer === undefined) return true;
  const { layers, own = [] } = allowed[layer];
  return layers.includes(targetLayer) && (!own.includes(targetLayer) || contextOf(target) === contextOf(pkg));
}

export const dependenciesFollowTheTable: Rule = (workspace) =>
  workspace.packages.flatMap((pkg) =>
    pkg.dependencies
      .filter((name) => !mayDependOn(pkg, name, workspace))
      .map((name) => `${pkg.folder}: layer:${layerOf(pkg)} may not depend on ${name}`),
  );

/** A spec may use, besides what its package may use, the testing libraries and the tools of the root. */
export const devDependenciesAreForTesting: Rule = (workspace) => {
  const testing = new Set([...inLayer(workspace, 'testing').map((pkg) => pkg.name), ...workspace.rootDevDependencies]);
  return workspace.packages.flatMap((pkg) =>
    pkg.devDependencies
      .filter((name) => !testing.has(name) && !mayDependOn(pkg, name, workspace))
      .map((name) => `${pkg.folder}: layer:${layerOf(pkg)} may not use ${name}, not even in its specs`),
  );
};

type Import = { readonly pkg: Package; readonly file: SourceFile; readonly specifier: string };

const imports = (packages: readonly Package[]): readonly Import[] =>
  packages.flatMap((pkg) => pkg.sources.flatMap((file) => importsOf(file.text).map((specifier) => ({ pkg, file, specifier }))));

const isRelative = (specifier: string): boolean => specifier.startsWith('.');
const isPackage = (specifier: string): boolean => !isRelative(specifier) && !isBuiltin(specifier);

export const importsAreDeclared: Rule = (workspace) =>
  imports(workspace.packages)
    .filter(({ pkg, file, specifier }) => {
      if (!isPackage(specifier)) return false;
      const name = packageNameOf(specifier);
      const forSpecs = isSpec(file) || layerOf(pkg) === 'system' ? [...pkg.devDependencies, ...workspace.rootDevDependencies] : [];
      return ![...pkg.dependencies, ...forSpecs].includes(name);
    })
    .map(({ file, specifier }) => `${file.path}: imports ${specifier}, which its package.json does not name`);

export const importsStayOnTheSurface: Rule = ({ packages }) => {
  const own = new Set(packages.map((pkg) => pkg.name));
  return imports(packages)
    .filter(({ specifier }) => own.has(packageNameOf(specifier)) && specifier !== packageNameOf(specifier))
    .map(({ file, specifier }) => `${file.path}: reaches into ${specifier}; import the package itself`);
};

export const relativeImportsStayInside: Rule = ({ packages }) =>
  imports(packages)
    .filter(({ pkg, file, specifier }) => {
      if (!isRelative(specifier)) return false;
      return !posix.join(posix.dirname(file.path), specifier).startsWith(`${pkg.folder}/`);
    })
    .map(({ file, specifier }) => `${file.path}: ${specifier} leaves the package`);

export const pureLayersKnowNoNode: Rule = (workspace) =>
  imports(inLayer(workspace, 'kernel', 'domain', 'contracts', 'ports'))
    .filter(({ file, specifier }) => !isSpec(file) && isBuiltin(specifier))
    .map(({ file, specifier }) => `${file.path}: imports ${specifier}; this layer runs anywhere`);

export const packagesExportOneIndex: Rule = ({ packages }) =>
  packages
    .filter((pkg) => pkg.folder.startsWith('libs/') && pkg.exports !== './src/index.ts')
    .map((pkg) => `${pkg.folder}: exports must be "./src/index.ts" and nothing else`);

export const pureLayersCompileWithoutNode: Rule = (workspace) =>
  inLayer(workspace, 'kernel', 'domain', 'contracts', 'ports').flatMap((pkg) =>
    pkg.typeCheck.ambient.map((ambient) => `${pkg.folder}/tsconfig.json: adds ${ambient}; this layer compiles with the language alone`),
  );

/** Where `tsconfig.json` leaves the specs out, `tsconfig.spec.json` must take them in. */
export const everyPackageIsTypeChecked: Rule = (workspace) =>
  workspace.packages.flatMap((pkg) => {
    const pure = inLayer(workspace, 'kernel', 'domain', 'contracts', 'ports').includes(pkg);
    return ['tsconfig.json', ...(pure ? ['tsconfig.spec.json'] : [])]
      .filter((project) => !pkg.typeCheck.projects.includes(project))
      .map((project) => `${pkg.folder}: the target typecheck does not compile ${project}`);
  });

export const adaptersRunTheContracts: Rule = (workspace) =>
  inLayer(workspace, 'adapter')
    .filter((pkg) => !pkg.sources.some((file) => isSpec(file) && importsOf(file.text).includes('@conference/testing-contracts')))
    .map((pkg) => `${pkg.folder}: no spec runs the suites of @conference/testing-contracts`);
