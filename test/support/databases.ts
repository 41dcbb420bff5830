/** Databases of a test file's own on the PostgreSQL server that the worker's files share. */
import { query } from './postgres.ts';
import { migratedTemplate, sharedPostgres } from './shared-servers.ts';

export interface Databases {
  /** The URL of a new database with the present schema, as if a service had made it. */
  migrated(): Promise<string>;
  /** The URL of a new, empty database. */
  empty(): Promise<string>;
}

/** They are dropped after the file's tests. */
export function databases(): Databases {
  const made: string[] = [];
  const note = (url: string) => {
    made.push(url);
    return url;
  };
  beforeAll(() => sharedPostgres(), 60_000);
  afterAll(async () => {
    for (const url of made.splice(0)) await drop(url);
  }, 60_000);
  return {
    migrated: async () => note(await (await sharedPostgres()).fresh(await migratedTemplate())),
    empty: async () => note(await (await sharedPostgres()).fresh()),
  };
}

async function drop(url: string): Promise<void> {
  const server = new URL(url);
  const name = server.pathname.slice(1);
  server.pathname = '/postgres';
  await query(server.href, `drop database ${name} with (force)`);
}
