/** Checks where the ledger and the queue are, and what a process does of their work: the rules of the three keys that belong together. */
import { resolve } from 'node:path';

/** Lists what a process may do. `web`: the API and the webhooks. `worker`: the work that was promised. `all`: both. */
export const ROLES = ['all', 'web', 'worker'] as const;
/** Says what a process does of the work. */
export type Role = (typeof ROLES)[number];

/** Says where the ledger is. SQLite: an absolute path. PostgreSQL: the URL as it was given, with its password. */
export type Database = { path: string } | { url: string };

const SSL_MODES = /^(disable|no-verify|require|verify-ca|verify-full)$/;

/**
 * Reads where the ledger is. Throws when the text is neither a path of SQLite nor a URL of PostgreSQL. The error may quote the text: do not show it.
 */
export function parseDatabaseUrl(text: string): Database {
  if (/^sqlite:/i.test(text)) return { path: sqlitePath(text) };
  const url = new URL(text);
  check(/^postgres(ql)?:$/.test(url.protocol));
  check(url.hostname !== '' || url.searchParams.has('host'));
  check(/^\/[^/]+$/.test(url.pathname) && url.hash === '');
  check(SSL_MODES.test(url.searchParams.get('sslmode') ?? 'disable'));
  // The driver would fail on a lone percent sign only when it connects.
  for (const part of [url.username, url.password, url.pathname]) decodeURIComponent(part);
  return { url: text };
}

function sqlitePath(text: string): string {
  const [, path] = /^sqlite:(?:\/\/(?=[/.]))?(.+)$/i.exec(text) ?? [];
  check(path !== undefined && path !== ':memory:');
  return resolve(path ?? '');
}

/** Checks a URL of Redis and answers it. Throws when it is none. The error may quote the text: do not show it. */
export function parseRedisUrl(text: string): string {
  const url = new URL(text);
  check(/^rediss?:$/.test(url.protocol) && url.hostname !== '' && url.search === '' && url.hash === '');
  check(/^(\/\d{0,5})?$/.test(url.pathname));
  for (const part of [url.username, url.password]) decodeURIComponent(part);
  return text;
}

function check(ok: boolean): void {
  if (!ok) throw new RangeError('not such a URL');
}

/** Says what of the configuration tells how many processes there are. */
export interface Servers {
  role: Role;
  postgres: boolean;
  redis: boolean;
  apiKey: boolean;
  encryptionKey: boolean;
}

const POSTGRES = 'PARLEY_DATABASE_URL=postgres://… (SQLite serves one process)';
const SHARED = 'processes that share a database share no data folder, so none may make a key of its own';

/** Lists what does not go together, each with how to mend it; empty when all is well. */
export function checkServers({ role, postgres, redis, apiKey, encryptionKey }: Servers): string[] {
  const shared = postgres && (redis || role !== 'all');
  const rules: [boolean, string][] = [
    [redis && !postgres, `PARLEY_REDIS_URL needs ${POSTGRES}; leave it out to have the queue in the process`],
    [role !== 'all' && !postgres, `PARLEY_ROLE=${role} needs ${POSTGRES}; or set PARLEY_ROLE=all`],
    [
      role !== 'all' && postgres && !redis,
      `PARLEY_ROLE=${role} needs PARLEY_REDIS_URL=redis://…, by which processes tell each other of work; or set PARLEY_ROLE=all`,
    ],
    [shared && !apiKey, `PARLEY_API_KEY must be set: ${SHARED}`],
    [shared && !encryptionKey, `PARLEY_ENCRYPTION_KEY must be set: ${SHARED}`],
  ];
  return rules.filter(([broken]) => broken).map(([, message]) => message);
}
