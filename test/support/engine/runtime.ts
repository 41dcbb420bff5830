/**
 * Loads n8n's engine, once for the process. n8n-core and n8n-workflow are CommonJS and read their configuration from the environment while
 * they load, so the environment is prepared first and both come through one `require`, as n8n itself loads them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IBinaryData } from 'n8n-workflow';

export type Core = typeof import('n8n-core');
export type N8nWorkflow = typeof import('n8n-workflow');

/** A file of an item, as n8n keeps it: a reference into the instance's binary store. */
type StoredBinary = IBinaryData;

export interface Runtime {
  core: Core;
  n8n: N8nWorkflow;
  settings: { instanceId: string };
  /** Checks the signature of a resume URL with this instance's secret. */
  signedByUs(signature: string, url: URL): boolean;
  readBinary(binary: StoredBinary): Promise<Buffer>;
}

interface DependencyContainer {
  Container: { get<T>(token: abstract new (...args: never[]) => T): T };
}

/** The instance's settings and binary data go into a folder that is gone after the process. */
function prepareEnvironment(): void {
  const folder = mkdtempSync(join(tmpdir(), 'parley-engine-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  Object.assign(process.env, {
    N8N_USER_FOLDER: folder,
    N8N_ENCRYPTION_KEY: 'engine-harness-key',
    N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
    N8N_LOG_LEVEL: process.env['N8N_LOG_LEVEL'] ?? 'silent',
    // Any other value makes n8n-core load node classes in another realm.
    NODE_ENV: 'test',
  });
}

let loaded: Promise<Runtime> | undefined;

/** Starts the engine's services: instance settings, logger, binary data on disk. */
export function loadRuntime(): Promise<Runtime> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Runtime> {
  prepareEnvironment();
  const require = createRequire(import.meta.url);
  require('reflect-metadata');
  const core = require('n8n-core') as Core;
  const n8n = require('n8n-workflow') as N8nWorkflow;
  const { Container } = require('@n8n/di') as DependencyContainer;
  const binaries = Container.get(core.BinaryDataService);
  await binaries.init();
  const settings = Container.get(core.InstanceSettings);
  const secret = settings.hmacSignatureSecret;
  return {
    core,
    n8n,
    settings: settings as unknown as Runtime['settings'],
    signedByUs: (signature, url) => core.validateUrlSignature(signature, url, secret),
    readBinary: async (binary) => await binaries.getAsBuffer(binary),
  };
}
