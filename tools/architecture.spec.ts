/**
 * The rules of the architecture, as tests. Every rule is first shown a small workspace that breaks only this rule and must
 * report it, so that no rule can pass by testing nothing; then all of them are applied to the workspace as it is.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as dependencies from './architecture/dependency-rules.ts';
import { readWorkspace } from './architecture/read-workspace.ts';
import * as sources from './architecture/source-rules.ts';
import { importsOf } from './architecture/source-text.ts';
import type { Package, Rule, SourceFile, Workspace } from './architecture/workspace.ts';

const rules: { readonly [name: string]: Rule } = { ...dependencies, ...sources };

const file = (path: string, text: string): SourceFile => ({ path, text });

function pkg(folder: string, tags: readonly string[], changes: Partial<Package> = {}): Package {
  return {
    name: `@conference/${folder.replace('libs/', '').replace('apps/', 'app-').replace('adapters/', 'adapter-').replaceAll('/', '-')}`,
    folder,
    tags,
    exports: './src/index.ts',
    dependencies: [],
    devDependencies: [],
    typeCheck: { projects: ['tsconfig.json', 'tsconfig.spec.json'], ambient: [] },
    sources: [],
    ...changes,
  };
}

const kernel = pkg('libs/kernel', ['layer:kernel']);
const orders = pkg('libs/orders/domain', ['layer:domain', 'context:orders'], { dependencies: ['@conference/kernel'] });
const billing = pkg('libs/billing/domain', ['layer:domain', 'context:billing']);
const shipping = pkg('libs/shipping/contracts', ['layer:contracts', 'context:shipping'], { dependencies: ['zod'] });
const application = pkg('libs/orders/application', ['layer:application', 'context:orders'], {
  dependencies: ['@conference/kernel', '@conference/orders-domain', '@conference/shipping-contracts', 'zod'],
});
const runtime = pkg('libs/runtime', ['layer:runtime']);
const suites = pkg('libs/testing/contracts', ['layer:testing'], { dependencies: ['vitest'] });
const kafka = pkg('libs/adapters/kafka', ['layer:adapter'], {
  dependencies: ['kafkajs'],
  devDependencies: ['@conference/testing-contracts'],
  sources: [file('libs/adapters/kafka/src/broker.contract.spec.ts', `import { suite } from '@conference/testing-contracts';`)],
});

/** A workspace that keeps every rule. */
const kept: Workspace = {
  packages: [kernel, orders, billing, shipping, application, runtime, suites, kafka],
  rootDevDependencies: ['vitest'],
  rootEntries: ['README.md', 'apps', 'libs', 'node_modules', '.gitignore'],
  files: [file('libs/runtime/src/process-manager-runner.ts', 'export const x = 1;\n')],
};

const withPackage = (changed: Package): Workspace => ({
  ...kept,
  packages: [...kept.packages.filter((one) => one.name !== changed.name), changed],
});
const withSource = (owner: Package, text: string, name = 'index.ts'): Workspace =>
  withPackage({ ...owner, sources: [...owner.sources, file(`${owner.folder}/src/${name}`, text)] });
const withFile = (path: string, text: string): Workspace => ({ ...kept, files: [...kept.files, file(path, text)] });

const later = 'TO' + 'DO';
const machine = ['', 'home', 'somebody', 'conference'].join('/');
const mirror = ['https:', '', 'npm.example.com', 'zod.tgz'].join('/');

type Planted = readonly [rule: string, violation: string, workspace: Workspace, reported: string];

const planted: readonly Planted[] = [
  ['everyPackageIsTagged', 'a package without a layer', withPackage({ ...kernel, tags: [] }), 'libs/kernel'],
  ['everyPackageIsTagged', 'a domain without a context', withPackage({ ...billing, tags: ['layer:domain'] }), 'context:*'],
  [
    'dependenciesFollowTheTable',
    'a domain on the runtime',
    withPackage({ ...orders, dependencies: ['@conference/runtime'] }),
    '@conference/runtime',
  ],
  ['dependenciesFollowTheTable', 'a domain on a library', withPackage({ ...orders, dependencies: ['zod'] }), 'zod'],
  [
    'dependenciesFollowTheTable',
    "an application on another context's domain",
    withPackage({ ...application, dependencies: ['@conference/billing-domain'] }),
    '@conference/billing-domain',
  ],
  [
    'dependenciesFollowTheTable',
    "an app on another context's application",
    withPackage(pkg('apps/billing', ['layer:app', 'context:billing'], { dependencies: ['@conference/orders-application'] })),
    '@conference/orders-application',
  ],
  ['dependenciesFollowTheTable', "an adapter on another engine's driver", withPackage({ ...kafka, dependencies: ['mongodb'] }), 'mongodb'],
  [
    'devDependenciesAreForTesting',
    "the specs of a domain on another context's domain",
    withPackage({ ...orders, devDependencies: ['@conference/billing-domain'] }),
    'billing',
  ],
  ['importsAreDeclared', 'a package that is not named', withSource(orders, `import { z } from 'zod';`), 'zod'],
  ['importsAreDeclared', 'a tool of the specs in a source', withSource(orders, `import { it } from 'vitest';`), 'vitest'],
  [
    'importsStayOnTheSurface',
    'a deep import',
    withSource(orders, `import { x } from '@conference/kernel/src/money.ts';`),
    '@conference/kernel/src',
  ],
  [
    'relativeImportsStayInside',
    'a path out of the package',
    withSource(orders, `export * from '../../../kernel/src/index.ts';`),
    '../../../kernel',
  ],
  ['pureLayersKnowNoNode', 'a built-in module in the kernel', withSource(kernel, `import { join } from 'node:path';`), 'node:path'],
  ['packagesExportOneIndex', 'a second entry', withPackage({ ...kernel, exports: './src/money.ts' }), 'libs/kernel'],
  [
    'pureLayersCompileWithoutNode',
    'the types of Node in a domain',
    withPackage({ ...orders, typeCheck: { ...orders.typeCheck, ambient: ['node'] } }),
    'adds node',
  ],
  [
    'everyPackageIsTypeChecked',
    'specs that nothing compiles',
    withPackage({ ...orders, typeCheck: { ...orders.typeCheck, projects: ['tsconfig.json'] } }),
    'tsconfig.spec.json',
  ],
  ['adaptersRunTheContracts', 'an adapter without a contract spec', withPackage({ ...kafka, sources: [] }), 'libs/adapters/kafka'],
  ['timeAndChanceComeThroughPorts', 'a clock in a domain', withSource(orders, 'export const at = (): number => Date.now();'), 'Date.now'],
  ['timeAndChanceComeThroughPorts', 'the current date', withSource(orders, 'export const at = new Date();'), 'new Date()'],
  ['timeAndChanceComeThroughPorts', 'a timer in the runtime', withSource(runtime, 'setTimeout(() => retry(), 10);'), 'setTimeout'],
  ['timeAndChanceComeThroughPorts', 'chance in an application', withSource(application, 'const id = crypto.randomUUID();'), 'randomUUID'],
  ['theRuntimeRunsNoRaces', 'a race in the runtime', withSource(runtime, 'await Promise.race([work, timer.sleep(10)]);'), 'Promise.race'],
  ['theRootHoldsOnlyWhatItMust', 'a plan in the root', { ...kept, rootEntries: [...kept.rootEntries, 'PLAN.md'] }, 'PLAN.md'],
  ['nothingIsLeftForLater', 'a note for later', withFile('libs/kernel/src/money.ts', `// ${later}: round\n`), later],
  ['filesAreShort', 'a long file', withFile('libs/kernel/src/money.ts', 'x;\n'.repeat(351)), '351 lines'],
  ['fileNamesSayWhatIsInside', 'an empty name', withFile('libs/kernel/src/date-utils.ts', ''), 'date-utils.ts'],
  [
    'fileNamesSayWhatIsInside',
    'a manager that is no process manager',
    withFile('libs/kernel/src/order-manager.ts', ''),
    'order-manager.ts',
  ],
  ['noFileNamesAMachine', 'a path of one machine', withFile('docs/OPERATIONS.md', `Look into ${machine}.`), machine],
  ['noFileNamesAMachine', 'the address of a mirror', withFile('.npmrc', `registry=${mirror}`), 'npm.example.com'],
  [
    'theLockfileNamesNoMirror',
    'a mirror in the lockfile',
    withFile('package-lock.json', JSON.stringify({ packages: { 'node_modules/zod': { resolved: mirror } } })),
    'npm.example.com',
  ],
  [
    'theLockfileServesEveryPlatform',
    'a lockfile for one platform',
    withFile(
      'package-lock.json',
      JSON.stringify({ packages: { 'node_modules/nx': { optionalDependencies: { '@nx/nx-darwin-arm64': '1.0.0' } } } }),
    ),
    '@nx/nx-darwin-arm64',
  ],
];

describe('every rule', () => {
  it('is broken by at least one planted violation', () => {
    expect(Object.keys(rules).filter((name) => !planted.some(([rule]) => rule === name))).toEqual([]);
  });

  it.each(Object.entries(rules))('%s is content with a workspace that keeps it', (_, rule) => {
    expect(rule(kept)).toEqual([]);
  });

  it.each(planted)('%s reports %s, and no other rule does', (name, _, workspace, reported) => {
    const reports = Object.entries(rules).flatMap(([rule, check]) => check(workspace).map((line) => ({ rule, line })));
    expect(reports.filter(({ rule }) => rule === name).map(({ line }) => line)).toEqual([expect.stringContaining(reported)]);
    expect(reports.filter(({ rule }) => rule !== name)).toEqual([]);
  });
});

describe('the imports of a source', () => {
  it('are found in every form and not in comments', () => {
    const text = [
      `import { a } from 'a';`,
      `import type { B } from "b";`,
      `import {\n  c,\n  type D,\n} from './c.ts';`,
      `import 'd';`,
      `export * from './e.ts';`,
      `export { f } from 'f/deep';`,
      `const g = await import('g');`,
      `// import { no } from 'no';`,
      `/* export * from 'no'; */`,
      `export const url = 'https://example.org'; // from 'no'`,
      "const text = 'import { no }'; // and a template:",
      '`\\nimport no from "no"`;',
      "const h = await import('h');",
    ].join('\n');
    expect(importsOf(text)).toEqual(['a', 'b', './c.ts', 'd', './e.ts', 'f/deep', 'g', 'h']);
  });
});

describe('this workspace', () => {
  const workspace = readWorkspace(join(import.meta.dirname, '..'));

  it('is really read', () => {
    expect(workspace.packages.map(({ name }) => name)).toContain('@conference/kernel');
    expect(workspace.packages.flatMap((one) => one.sources).length).toBeGreaterThan(50);
  });

  it.each(Object.entries(rules))('keeps %s', (_, rule) => {
    expect(rule(workspace)).toEqual([]);
  });
});
