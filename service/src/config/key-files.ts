/** Keeps keys that the service makes on its first start: one file each in the data folder, for the owner's eyes only, never overwritten. */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeApiKey, parseApiKeys } from '../platform/api-keys.ts';
import { makeEncryptionKey, parseEncryptionKeys, type EncryptionKey } from '../platform/secret-box.ts';
import { type Config, ConfigError } from './config.ts';
import { makeFolder } from './folder.ts';

/** Tells where a key came from. Tell `path`, never the key. */
export interface KeySource {
  /** Holds the file; absent when the environment gave the key. */
  path?: string;
  /** The file was made by this call. */
  created: boolean;
  /** Others than the owner may read the file: worth a warning. */
  exposed: boolean;
}

/** Describes the keys that the service works with, and where they came from. */
export interface Keys {
  /** Newest first. */
  api: KeySource & { keys: readonly string[] };
  encryption: KeySource & { keys: readonly EncryptionKey[] };
}

const FROM_ENVIRONMENT: KeySource = { created: false, exposed: false };

/** Takes the keys of the configuration, else of the files `api-key` and `encryption-key`. Throws `ConfigError` for an unusable file. */
export async function loadKeys(config: Pick<Config, 'dataDir' | 'apiKeys' | 'encryptionKeys'>): Promise<Keys> {
  return { api: await api(config), encryption: await encryption(config) };
}

async function api(config: Pick<Config, 'dataDir' | 'apiKeys'>): Promise<Keys['api']> {
  if (config.apiKeys !== undefined) return { keys: config.apiKeys, ...FROM_ENVIRONMENT };
  const { text, ...source } = await keyFile(config.dataDir, 'api-key', makeApiKey);
  return { keys: readable(source.path, text, parseApiKeys, 'one key of at least 24 characters a line'), ...source };
}

async function encryption(config: Pick<Config, 'dataDir' | 'encryptionKeys'>): Promise<Keys['encryption']> {
  if (config.encryptionKeys !== undefined) return { keys: config.encryptionKeys, ...FROM_ENVIRONMENT };
  const { text, ...source } = await keyFile(config.dataDir, 'encryption-key', makeEncryptionKey);
  return { keys: readable(source.path, text, parseEncryptionKeys, '32 bytes in base64 or hex'), ...source };
}

function readable<T>(path: string, text: string, parse: (text: string) => T, expected: string): T {
  try {
    return parse(text);
  } catch {
    // The cause could quote the file.
    throw unusable(path, expected);
  }
}

function unusable(path: string, expected: string): ConfigError {
  return new ConfigError([
    `${path} must hold ${expected}; restore it from a backup, or move it away to have a new one made`,
  ]);
}

/** Reads the file, or makes it with what `make` gives. Of several processes that start at once, one makes it and all read it. */
async function keyFile(
  dir: string,
  name: string,
  make: () => string,
): Promise<KeySource & { path: string; text: string }> {
  const path = join(dir, name);
  await makeFolder(dir);
  const created = !(await exists(path)) && (await createWhole(path, `${make()}\n`));
  const text = (await readFile(path, 'utf8')).trim();
  const { mode } = await stat(path);
  // Windows has no such modes and would always seem exposed.
  return { path, text, created, exposed: process.platform !== 'win32' && (mode & 0o077) !== 0 };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/**
 * Makes a file that is whole from the moment it is there, also after a power cut: written under another name, synced, then linked.
 * A link fails where a rename would replace. False when the file is there already.
 */
async function createWhole(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await link(draft, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await file.close();
    await unlink(draft);
  }
}

/** Makes the new name itself survive a power cut; Windows cannot open folders, and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await folder.sync();
  await folder.close();
}
