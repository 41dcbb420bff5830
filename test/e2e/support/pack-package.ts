import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmEnvironment, runForOutput } from './commands.ts';
import { repositoryFolder } from './places.ts';

interface Manifest {
  name: string;
  version: string;
  n8n?: { nodes?: string[]; credentials?: string[] };
}

/**
 * Puts a package where n8n's own "Install a community node" would: `npm pack`, unpacked into
 * `<userFolder>/.n8n/nodes/node_modules/<name>` without its dev and peer dependencies, and entered in the ledger beside
 * it. n8n scans that folder when it starts, so do this before; its node types are then named `<package>.<node>`.
 *
 * What is packed is what is built: run the build first. The package must have no dependencies of its own (ours has
 * none), since nothing is installed for it. Replaces what an earlier run left there.
 *
 * Throws when a node or credential of the `n8n` block is not in the package, which n8n would only notice as a missing
 * node.
 */
export async function installCommunityPackage(
  userFolder: string,
  packageFolder: string = repositoryFolder,
): Promise<{ name: string; version: string }> {
  const nodesFolder = join(userFolder, '.n8n/nodes');
  const { name } = await readJson<Manifest>(join(packageFolder, 'package.json'));
  const target = join(nodesFolder, 'node_modules', name);
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const files = await packInto(target, packageFolder);
  const manifest = await readJson<Manifest & Record<string, unknown>>(join(target, 'package.json'));
  const declared = [...(manifest.n8n?.nodes ?? []), ...(manifest.n8n?.credentials ?? [])];
  const missing = declared.filter((path) => !files.includes(`package/${path}`));
  if (missing.length > 0) throw new Error(`${name}: not in the package, is it built? ${missing.join(', ')}`);
  const { devDependencies: _dev, peerDependencies: _peer, optionalDependencies: _optional, ...installed } = manifest;
  await writeFile(join(target, 'package.json'), JSON.stringify(installed, null, 2));
  await enterInLedger(nodesFolder, name, manifest.version);
  return { name, version: manifest.version };
}

/** Packs `packageFolder`, unpacks it into `target` and answers the packed paths (each starts with `package/`). */
async function packInto(target: string, packageFolder: string): Promise<string[]> {
  const work = await mkdtemp(join(tmpdir(), 'parley-pack-'));
  try {
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', work];
    const printed = await runForOutput({
      program: 'npm',
      args: pack,
      folder: packageFolder,
      environment: npmEnvironment(),
    });
    const tarball = join(work, printed.split('\n').at(-1) ?? '');
    await runForOutput({ program: 'tar', args: ['-xzf', tarball, '--strip-components=1'], folder: target });
    return (await runForOutput({ program: 'tar', args: ['-tzf', tarball], folder: work })).split('\n');
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** n8n keeps its own package.json of installed packages; it rebuilds that file when it cannot read it. */
async function enterInLedger(nodesFolder: string, name: string, version: string): Promise<void> {
  const file = join(nodesFolder, 'package.json');
  const empty = { name: 'installed-nodes', private: true, dependencies: {} };
  const ledger = await readJson<typeof empty>(file).catch(() => empty);
  await writeFile(
    file,
    JSON.stringify({ ...ledger, dependencies: { ...ledger.dependencies, [name]: version } }, null, 2),
  );
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}
