import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Report, npmEnvironment, reportToStderr, runForOutput, runLogged, withProgress } from './commands.ts';
import { repositoryFolder } from './places.ts';

/** The pinned manifest and its lock; n8n stays out of the root package because it is two thousand packages. */
const pinFolder = join(repositoryFolder, 'test/e2e/n8n');

/** Compiled against the running Node.js; every other install script of n8n's tree is skipped (one does not build). */
const nativePackages = ['sqlite3', 'isolated-vm'];

/** The lock file was written by npm 11; npm 10 finds it out of step because it resolves peers otherwise. */
const oldestNpm = 11;

export interface InstalledN8n {
  /** The folder that holds n8n's `node_modules`. */
  folder: string;
  /** n8n's start script, to be run by the Node.js that runs this process. */
  script: string;
  version: string;
}

export interface InstallOptions {
  /** Default: `$PARLEY_N8N_DIR`, else `.n8n-real` in the repository. It is kept between runs. */
  folder?: string;
  report?: Report;
}

/**
 * Installs the pinned n8n, or finds it installed: a stamp with the hash of the lock file and of the Node.js version
 * makes every later call instant. The first takes two to five minutes, 2.7 GB and a C++ compiler (sqlite3), and says
 * what it does. An interrupted installation is started over. Two first installations into one folder at the same time
 * are not supported.
 *
 * Throws when the Node.js is too old for n8n, when npm fails (with the end of `install.log` in the folder), or when a
 * native module does not load.
 */
export async function installN8n(options: InstallOptions = {}): Promise<InstalledN8n> {
  const folder = options.folder ?? process.env.PARLEY_N8N_DIR ?? join(repositoryFolder, '.n8n-real');
  const report = options.report ?? reportToStderr;
  requireNode24();
  const stampFile = join(folder, 'installed.sha256');
  const stamp = await pinHash();
  if ((await readFile(stampFile, 'utf8').catch(() => '')) !== stamp) {
    await rm(stampFile, { force: true });
    await install(folder, report);
    await writeFile(stampFile, stamp);
  }
  const packageFolder = join(folder, 'node_modules/n8n');
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return { folder, script: join(packageFolder, 'bin/n8n'), version };
}

function requireNode24(): void {
  if (Number(process.versions.node.split('.')[0]) < 24) {
    throw new Error(`n8n needs Node.js 24, this is ${process.version}. Run it through npm: \`npm run n8n\`.`);
  }
}

async function pinHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json']) hash.update(await readFile(join(pinFolder, name)));
  return hash.update(`${process.platform} ${process.arch} ${process.versions.modules}`).digest('hex');
}

async function install(folder: string, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) await copyFile(join(pinFolder, name), join(folder, name));
  const log = join(folder, 'install.log');
  await rm(log, { force: true });
  const npm = await npmCommand(folder, report);
  const packages = expectedPackages(folder);
  const count = (): string => `${packages.filter((path) => existsSync(path)).length} of ${packages.length} packages`;
  await withProgress('Installing the real n8n (once, it is kept)', count, report, () =>
    runLogged({ ...npm, args: [...npm.args, 'ci', '--ignore-scripts', '--loglevel=error'] }, log),
  );
  await withProgress(
    `Building ${nativePackages.join(' and ')}`,
    () => 'compiling',
    report,
    () => runLogged({ ...npm, args: [...npm.args, 'rebuild', ...nativePackages, '--foreground-scripts'] }, log),
  );
  await checkNativeModules(folder);
}

/** The machine's npm; where that is too old for the lock file, npm 11 through npx. */
async function npmCommand(
  folder: string,
  report: Report,
): Promise<{ program: string; args: string[]; folder: string }> {
  const headers = headersFolder();
  const environment = npmEnvironment(headers === undefined ? {} : { npm_config_nodedir: headers });
  const npm = { program: 'npm', args: [], folder, environment };
  const version = await runForOutput({ ...npm, args: ['--version'] });
  if (Number(version.split('.')[0]) >= oldestNpm) return npm;
  report(`npm ${version} is too old for n8n's lock file: using npm ${oldestNpm} through npx`);
  return { ...npm, program: 'npx', args: ['--yes', `npm@${oldestNpm}`] };
}

/** Where each package that suits this machine will have its manifest, read from the lock file. */
function expectedPackages(folder: string): string[] {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { os?: string[]; cpu?: string[]; libc?: string[] }>;
  };
  const suits = (wanted: string[] | undefined, actual: string): boolean =>
    wanted === undefined ||
    wanted.includes(actual) ||
    wanted.every((name) => name.startsWith('!') && name !== `!${actual}`);
  return Object.entries(lock.packages)
    .filter(([path, { os, cpu }]) => path !== '' && suits(os, process.platform) && suits(cpu, process.arch))
    .map(([path]) => join(folder, path, 'package.json'));
}

/**
 * The C++ headers of the running Node.js, for node-gyp: beside the binary of an ordinary installation, or in the
 * platform package of the npm package `node`. Undefined when there are none, and node-gyp fetches them itself. Set
 * explicitly because a machine's `nodedir` setting usually points at the headers of another Node.js.
 */
function headersFolder(): string | undefined {
  const installation = dirname(dirname(process.execPath));
  const platformPackage = `node-${process.platform}-${process.arch}`;
  const candidates = [
    installation,
    join(installation, 'node_modules', platformPackage),
    join(dirname(installation), platformPackage),
  ];
  const major = `#define NODE_MAJOR_VERSION ${process.versions.node.split('.')[0]}\n`;
  return candidates.find((folder) => {
    const header = join(folder, 'include/node/node_version.h');
    return existsSync(header) && readFileSync(header, 'utf8').includes(major);
  });
}

/** A native module that was built for another Node.js fails only when it is loaded, so load each one here. */
async function checkNativeModules(folder: string): Promise<void> {
  const program = "new (require('isolated-vm').Isolate)(); new (require('sqlite3').Database)(':memory:');";
  await runForOutput({ program: process.execPath, args: ['-e', program], folder, environment: npmEnvironment() });
}

if (import.meta.main) {
  const { version, folder } = await installN8n();
  reportToStderr(`n8n ${version} is installed in ${folder}`);
}
