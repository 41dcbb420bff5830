/** What a PostgreSQL server must be like, asked of servers that this machine does not have. */
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { DatabaseConnection } from 'kysely';
import { postgres } from '../../service/src/store/postgres.ts';
import type { Schema } from '../../service/src/store/schema.ts';

/** A connection to a server with these settings. */
function serverWith(settings: Record<string, string>): Kysely<Schema> {
  const connection = {
    executeQuery: async ({ parameters }: { parameters: readonly unknown[] }) => ({
      rows: [{ value: settings[String(parameters[0])] ?? '' }],
    }),
  } as unknown as DatabaseConnection;
  class Driver extends DummyDriver {
    override acquireConnection = async () => connection;
  }
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new Driver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

const inspect = async (settings: Record<string, string>) =>
  postgres('postgres://nobody@127.0.0.1:1/none').shared?.inspect(serverWith(settings));

test.each([
  ['13.16', '130016'],
  ['9.6.24', '90624'],
])('PostgreSQL %s is refused with what is needed', async (version, number) => {
  const old = { server_version: version, server_version_num: number, fsync: 'on' };
  await expect(inspect(old)).rejects.toThrow(`PostgreSQL ${version} is too old for Parley: version 14 or newer`);
});

test.each([
  ['14.0', '140000'],
  ['18.1', '180001'],
])('PostgreSQL %s is taken', async (version, number) => {
  expect(await inspect({ server_version: version, server_version_num: number, fsync: 'on' })).toEqual([]);
});

test('a server that does not flush is warned of', async () => {
  const risky = { server_version: '16.1', server_version_num: '160001', fsync: 'off' };
  expect(await inspect(risky)).toEqual([expect.stringContaining('fsync off')]);
});
