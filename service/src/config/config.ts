/** Reads the configuration: environment variables `PARLEY_…`, read once, frozen. The list below is the manual. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { parseAllowedNetworks, type AllowedNetworks } from '../platform/addresses.ts';
import { parseApiKeys } from '../platform/api-keys.ts';
import { parseEncryptionKeys, type EncryptionKey } from '../platform/secret-box.ts';
import { nearest } from './nearest.ts';
import { checkServers, parseDatabaseUrl, parseRedisUrl, ROLES, type Role } from './servers.ts';

/** Lists the levels of logs. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** Describes a level of logs. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Says what the environment asks of the service. Durations are in milliseconds. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Says where providers reach the service, without a trailing slash; absent: not told. */
  readonly publicUrl?: string;
  /** Absolute. */
  readonly dataDir: string;
  /** SQLite file, absolute; unused with `databaseUrl`. */
  readonly databasePath: string;
  /** PostgreSQL, with its password; absent: SQLite. */
  readonly databaseUrl?: string;
  /** Redis, with its password; absent: the queue is in the process. Only together with `databaseUrl`. */
  readonly redisUrl?: string;
  /** Says which part of the work this process does; others than `all` only with `databaseUrl` and `redisUrl`. */
  readonly role: Role;
  /** Newest first, all of them valid. Absent: from the data folder, see `loadKeys`. */
  readonly apiKeys?: readonly string[];
  /** Newest first. Absent: from the data folder. */
  readonly encryptionKeys?: readonly EncryptionKey[];
  readonly logLevel: LogLevel;
  /** Networks in which subscription URLs (n8n) may lie, besides the public one. */
  readonly allowPrivateNetworks: AllowedNetworks;
  /** The same for providers' base URLs and media links. */
  readonly allowPrivateProviders: AllowedNetworks;
  readonly maxWebhookBytes: number;
  readonly maxMediaBytes: number;
  /** Tells whether the API's description is served at `/docs`. */
  readonly docs: boolean;
  /** Says how long a send whose outcome nobody told stays uncertain before it is unknown; absent: as its channel says. */
  readonly unknownAfterMs?: number;
  /** Says how long what was said is kept, in milliseconds; `Infinity`: for ever. */
  readonly keepBodiesMs: number;
  /** The same for what tells a repeated webhook or send from a new one. */
  readonly keepReceiptsMs: number;
  /** The same for events that were handed over. */
  readonly keepEventsMs: number;
  /** Says how long the bytes of contacts' files are kept; 0: not at all. */
  readonly keepFilesMs: number;
  /** All kept files together, in bytes. */
  readonly filesMaxBytes: number;
}

/** The service throws it when it must not start. The message names every bad key and what is expected, never a value. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const MIB = 1024 * 1024;

/** Defines a key: its value as text (absent: `fallback`) becomes `T`, or an error says what is expected. */
function key<T>(expected: string, read: (text: string) => T, fallback?: string): z.ZodType<T, string | undefined> {
  const parsed = z.string().transform((text, context) => {
    try {
      return read(text);
    } catch {
      // The cause may quote the value, so only the expectation is told.
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    }
  });
  return (fallback === undefined ? parsed : parsed.prefault(fallback)) as z.ZodType<T, string | undefined>;
}

function check(ok: boolean): void {
  if (!ok) throw new RangeError('out of range');
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    check(/^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max);
    return Number(text);
  };
}

const HOUR_MS = 3_600_000;
const UNIT_MS = { h: HOUR_MS, d: 24 * HOUR_MS } as const;
/** What tells a repeat from something new is kept at least so long: providers repeat webhooks for up to seven days, and a message may be held for as long. */
const MIN_MEMORY_MS = 8 * UNIT_MS.d;

/** Reads `30d`, `12h` or `forever` as milliseconds. */
function age(minMs: number): (text: string) => number {
  return (text) => {
    if (text === 'forever') return Infinity;
    const [, count = '', unit = ''] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
    const ms = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
    check(ms >= minMs);
    return ms;
  };
}

const MIN_UNKNOWN_MS = 10_000;
const MAX_UNKNOWN_MS = 7 * UNIT_MS.d;
const SPAN_MS = { s: 1_000, m: 60_000, ...UNIT_MS } as const;

/** Reads `90s`, `10m`, `2h` or `1d` as milliseconds. */
function span(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * SPAN_MS[unit as keyof typeof SPAN_MS];
  check(ms >= MIN_UNKNOWN_MS && ms <= MAX_UNKNOWN_MS);
  return ms;
}

function publicUrl(text: string): string {
  const url = new URL(text);
  check(/^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '');
  return url.href.replace(/(?<!\/)\/+$/, '');
}

function matching(pattern: RegExp): (text: string) => string {
  return (text) => {
    check(pattern.test(text));
    return text;
  };
}

const NETWORKS = 'must be a comma list of loopback, private, none or CIDR blocks like 10.0.0.0/8';

const SCHEMA = z.strictObject({
  PARLEY_PORT: key('must be a port from 0 (any free one) to 65535', whole(0, 65_535), '3000'),
  PARLEY_HOST: key('must be a host name or IP address to listen on', matching(/^[A-Za-z0-9.:_-]{1,253}$/), '127.0.0.1'),
  PARLEY_PUBLIC_URL: key('must be an http(s) URL without user, query and fragment', publicUrl).optional(),
  PARLEY_DATA_DIR: key('must be a folder', matching(/^[^\0]+$/), './data'),
  PARLEY_DATABASE_URL: key(
    'must be sqlite:<path>, or postgres://user:password@host:port/database, with ?sslmode=disable, no-verify, require, verify-ca ' +
      'or verify-full where wanted and special characters percent-encoded; or absent (a file in the data folder)',
    parseDatabaseUrl,
  ).optional(),
  PARLEY_REDIS_URL: key(
    'must be redis://user:password@host:port/number, or rediss:// with TLS, with special characters percent-encoded',
    parseRedisUrl,
  ).optional(),
  PARLEY_ROLE: key(`must be one of ${ROLES.join(', ')}`, (text) => z.enum(ROLES).parse(text), 'all'),
  PARLEY_API_KEY: key(
    'must be at least 24 visible ASCII characters without spaces, or a list new,old of different ones',
    parseApiKeys,
  ).optional(),
  PARLEY_ENCRYPTION_KEY: key(
    'must be 32 bytes in base64 or hex, or a list id:key,id:key with the newest first',
    parseEncryptionKeys,
  ).optional(),
  PARLEY_LOG_LEVEL: key(`must be one of ${LOG_LEVELS.join(', ')}`, (text) => z.enum(LOG_LEVELS).parse(text), 'info'),
  PARLEY_ALLOW_PRIVATE_NETWORKS: key(NETWORKS, parseAllowedNetworks, 'loopback,private'),
  PARLEY_ALLOW_PRIVATE_PROVIDERS: key(NETWORKS, parseAllowedNetworks, 'none'),
  // Meta's webhooks are up to 3 MB; the rest is slack for other providers' envelopes.
  PARLEY_MAX_WEBHOOK_BYTES: key('must be bytes from 1024 to 67108864', whole(1024, 64 * MIB), String(4 * MIB)),
  PARLEY_MAX_MEDIA_BYTES: key('must be bytes from 1024 to 2147483648', whole(1024, 2048 * MIB), String(100 * MIB)),
  PARLEY_DOCS: key('must be on or off', (text) => z.enum(['on', 'off']).parse(text) === 'on', 'on'),
  PARLEY_UNKNOWN_AFTER: key('must be a time from 10s to 7d like 90s, 10m or 2h', span).optional(),
  PARLEY_KEEP_BODIES: key('must be an age like 30d or 12h, or forever', age(HOUR_MS), 'forever'),
  PARLEY_KEEP_RECEIPTS: key('must be an age of at least 8d, or forever', age(MIN_MEMORY_MS), '14d'),
  PARLEY_KEEP_EVENTS: key('must be an age of at least 8d, or forever', age(MIN_MEMORY_MS), '30d'),
  PARLEY_KEEP_FILES: key(
    'must be an age like 7d or 12h, forever, or absent (files are not kept)',
    age(HOUR_MS),
  ).optional(),
  PARLEY_FILES_MAX_BYTES: key('must be bytes from 1048576', whole(MIB, 2 ** 50 - 1), String(10 * 1024 * MIB)),
});

/** Lists every variable the service knows. */
export const CONFIG_KEYS: readonly string[] = Object.keys(SCHEMA.shape);

/** Reads the `PARLEY_…` variables; an empty one counts as absent, an unknown one is an error. Throws `ConfigError`. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.entries(env).filter(([name, value]) => name.startsWith('PARLEY_') && value !== '');
  const result = SCHEMA.safeParse(Object.fromEntries(given));
  if (!result.success) throw new ConfigError(result.error.issues.flatMap(describe));
  const values = result.data;
  const database = values.PARLEY_DATABASE_URL;
  const databaseUrl = database && 'url' in database ? database.url : undefined;
  const problems = checkServers({
    role: values.PARLEY_ROLE,
    postgres: databaseUrl !== undefined,
    redis: values.PARLEY_REDIS_URL !== undefined,
    apiKey: values.PARLEY_API_KEY !== undefined,
    encryptionKey: values.PARLEY_ENCRYPTION_KEY !== undefined,
  });
  if (problems.length > 0) throw new ConfigError(problems);
  const dataDir = resolve(values.PARLEY_DATA_DIR);
  return Object.freeze({
    port: values.PARLEY_PORT,
    host: values.PARLEY_HOST,
    publicUrl: values.PARLEY_PUBLIC_URL,
    dataDir,
    databasePath: database && 'path' in database ? database.path : join(dataDir, 'parley.db'),
    databaseUrl,
    redisUrl: values.PARLEY_REDIS_URL,
    role: values.PARLEY_ROLE,
    apiKeys: values.PARLEY_API_KEY && Object.freeze(values.PARLEY_API_KEY),
    encryptionKeys: values.PARLEY_ENCRYPTION_KEY && Object.freeze(values.PARLEY_ENCRYPTION_KEY),
    logLevel: values.PARLEY_LOG_LEVEL,
    allowPrivateNetworks: values.PARLEY_ALLOW_PRIVATE_NETWORKS,
    allowPrivateProviders: values.PARLEY_ALLOW_PRIVATE_PROVIDERS,
    maxWebhookBytes: values.PARLEY_MAX_WEBHOOK_BYTES,
    maxMediaBytes: values.PARLEY_MAX_MEDIA_BYTES,
    docs: values.PARLEY_DOCS,
    unknownAfterMs: values.PARLEY_UNKNOWN_AFTER,
    keepBodiesMs: values.PARLEY_KEEP_BODIES,
    keepReceiptsMs: values.PARLEY_KEEP_RECEIPTS,
    keepEventsMs: values.PARLEY_KEEP_EVENTS,
    keepFilesMs: values.PARLEY_KEEP_FILES ?? 0,
    filesMaxBytes: values.PARLEY_FILES_MAX_BYTES,
  });
}

function describe(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((name) => `${name} is not known; did you mean ${nearest(name, CONFIG_KEYS)}?`);
  return [`${String(issue.path[0])} ${issue.message}`];
}
