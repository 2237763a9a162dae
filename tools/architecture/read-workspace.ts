import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Package, SourceFile, TypeCheck, Workspace } from './workspace.ts';

/** Files above this size are data, not something that a rule reads. */
const fileBytesMax = 1_000_000;

type Manifest = {
  readonly name: string;
  readonly exports?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly nx?: { readonly tags?: readonly string[]; readonly targets?: { readonly typecheck?: { readonly command?: string } } };
};
type Project = { readonly compilerOptions?: { readonly types?: readonly string[]; readonly lib?: readonly string[] } };

const manifestAt = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8'));

function typeCheckOf(folder: string, manifest: Manifest): TypeCheck {
  const command = manifest.nx?.targets?.typecheck?.command ?? '';
  const project: Project = existsSync(join(folder, 'tsconfig.json')) ? JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8')) : {};
  return {
    projects: [...command.matchAll(/tsc -p (\S+)/g)].map((match) => match[1] ?? ''),
    ambient: [...(project.compilerOptions?.types ?? []), ...(project.compilerOptions?.lib ?? [])],
  };
}

function packageAt(root: string, folder: string, files: readonly SourceFile[]): Package {
  const manifest = manifestAt(join(root, folder, 'package.json'));
  return {
    name: manifest.name,
    folder,
    tags: manifest.nx?.tags ?? [],
    exports: manifest.exports,
    dependencies: Object.keys(manifest.dependencies ?? {}),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    typeCheck: typeCheckOf(join(root, folder), manifest),
    sources: files.filter((file) => file.path.startsWith(`${folder}/`) && file.path.endsWith('.ts')),
  };
}

/** The folders that `.gitignore` names, and git's own. */
function ignoredFolders(root: string): ReadonlySet<string> {
  const lines = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
  return new Set(['.git', ...lines.filter((line) => line.endsWith('/')).map((line) => line.slice(0, -1))]);
}

function filesBelow(root: string, folder: string, ignored: ReadonlySet<string>): readonly SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : filesBelow(root, path, ignored);
    if (!entry.isFile() || entry.name.endsWith('.log') || statSync(join(root, path)).size > fileBytesMax) return [];
    return [{ path, text: readFileSync(join(root, path), 'utf8') }];
  });
}

export function readWorkspace(root: string): Workspace {
  const files = filesBelow(root, '', ignoredFolders(root));
  const folders = files.filter(({ path }) => path.endsWith('/package.json')).map(({ path }) => path.slice(0, -'/package.json'.length));
  return {
    packages: folders.sort().map((folder) => packageAt(root, folder, files)),
    rootDevDependencies: Object.keys(manifestAt(join(root, 'package.json')).devDependencies ?? {}),
    rootEntries: readdirSync(root),
    files,
  };
}
