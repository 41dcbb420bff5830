/** Opens PostgreSQL through `pg`: many processes, units of work at the same time, every commit flushed by the server. */
import { Kysely, PostgresDialect, sql, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { COLUMNS } from './columns.ts';
import type { SharedDatabase, StoreDialect } from './dialect.ts';
import { SchemaError } from './migrate.ts';
import type { Schema } from './schema.ts';
import { LedgerUnavailable, naming } from './unavailable.ts';

/** One process has so many connections for units of work at the same time, and others for reads besides. */
const WRITERS = 10;
const READERS = 5;
const CONNECT_MS = 5_000;
/** Each connection keeps so many statements prepared; more than the service has, so that only odd list lengths are ever left out. */
const NAMED_STATEMENTS = 500;
/** 14 is the oldest version that its makers support. */
const OLDEST_VERSION = 140_000;

/**
 * A process that was stopped in the middle of a unit must not hold its locks for long, nor wait for ever for those of another.
 * `synchronous_commit`: a commit that was answered is on disk, whatever the server's default is.
 */
const SESSION = {
  synchronous_commit: 'on',
  idle_in_transaction_session_timeout: '15s',
  lock_timeout: '10s',
  statement_timeout: '20s',
  // Plans are kept; one that was made while a table was nearly empty must not read it from end to end when it is full.
  enable_seqscan: 'off',
  // A table that has no index to go by looks so costly then that the server would compile the query first.
  jit: 'off',
};
/** Its reads change nothing; claims of jobs and their renewals go the same way, and are no promise: lost in a crash, they run out. */
const READS = { ...SESSION, synchronous_commit: 'off' };
const PATIENT = { ...SESSION, idle_in_transaction_session_timeout: '0', lock_timeout: '0', statement_timeout: '0' };
/** A server that does not even say that a statement took too long is gone, or the way to it is. */
const SILENCE_MS = 25_000;
const SILENCE = 'Query read timeout';

/** The server says so when a newer version changed a table: what this connection has prepared is no longer right. */
const STALE_PLAN = '0A000';
/** Serialization failure, deadlock, somebody else's row, a lock that took too long; or the connection has to be another one. */
const CONFLICTS = new Set(['40001', '40P01', '23505', '55P03', STALE_PLAN]);
/**
 * Connection trouble (class 08), no resources or a full disk (53), took too long (57014, 25P03, 25P04), shutting down or starting up (57P), I/O error
 * (58), or read-only (25006): a stand-by after a change of servers, or one whose hoster lets nobody write while its disk is full.
 */
const UNAVAILABLE = /^(08|53|58|57P|57014|25006|25P03|25P04)/;
const NO_CONNECTION =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|Connection terminated|not queryable|timeout exceeded when trying|Query read timeout/i;

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}

const named = naming(
  (error) => UNAVAILABLE.test(codeOf(error)) || NO_CONNECTION.test(`${codeOf(error)} ${String(error)}`),
);

/** Whoever gets no connection cannot use the database, whatever the server has against it: a new password, another name, nobody let in. */
function notLetIn(error: unknown): never {
  throw new LedgerUnavailable(error);
}

const INT8 = 20;
/** Reads 64-bit integers as numbers: instants and counts stay far below 2^53. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** Lets the server keep each statement parsed and planned, by a name. */
class NamingPool implements PostgresPool {
  readonly options: object;
  readonly #pool: pg.Pool;
  readonly #names = new Map<string, string>();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
    this.options = pool.options;
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.#pool.connect().catch(notLetIn);
    let isSpent = false;
    const query = async (text: string, values: readonly unknown[]) => {
      // Whatever is asked on a silent connection waits behind what was asked before.
      if (isSpent) throw named(new Error(SILENCE));
      try {
        return await client.query({ text, values: values.map(storable), name: this.#name(text) } as pg.QueryConfig);
      } catch (error) {
        isSpent = (error as Error).message === SILENCE || codeOf(error) === STALE_PLAN;
        throw named(error);
      }
    };
    const release = (destroy?: boolean) => client.release(isSpent || destroy);
    return { query, release } as unknown as PostgresPoolClient;
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  #name(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= NAMED_STATEMENTS) return known;
    const name = `parley${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}

/** Takes NUL out of texts: PostgreSQL cannot store it. */
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}

function connect(url: string, max: number, session = SESSION): Kysely<Schema> {
  const options = Object.entries(session).map(([name, value]) => `-c ${name}=${value}`);
  const pool = new pg.Pool({
    connectionString: url,
    max,
    types,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    ...(session !== PATIENT && { query_timeout: SILENCE_MS }),
    application_name: 'parley',
    options: options.join(' '),
  });
  // A connection that breaks fails the query that is under way on it; the next who wants one gets another.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: new NamingPool(pool) }), plugins: [COLUMNS] });
}

/** Explains by its code why the server lets nobody in, without the URL, which holds the password. */
const REFUSALS: Record<string, string> = {
  '28P01': 'PostgreSQL refuses the user or the password of PARLEY_DATABASE_URL.',
  '28000': 'PostgreSQL refuses the user of PARLEY_DATABASE_URL (pg_hba.conf, TLS).',
  '3D000': 'PostgreSQL has no database of the name that PARLEY_DATABASE_URL gives: create it.',
  '42501': 'The user of PARLEY_DATABASE_URL may not use the database: it must be its owner.',
};

async function refusals(db: Kysely<Schema>): Promise<void> {
  try {
    await sql`select 1`.execute(db);
  } catch (error) {
    const cause: unknown = error instanceof LedgerUnavailable ? error.cause : error;
    const refusal = REFUSALS[codeOf(cause)];
    throw refusal === undefined ? error : new SchemaError(refusal, { cause });
  }
}

const shared: Omit<SharedDatabase, 'openPatient'> = {
  async inspect(db) {
    await refusals(db);
    const row = (name: string) => sql<{ value: string }>`select current_setting(${name}) as value`.execute(db);
    const setting = async (name: string) => (await row(name)).rows[0]?.value ?? '';
    if (Number(await setting('server_version_num')) < OLDEST_VERSION) {
      const version = await setting('server_version');
      throw new SchemaError(`PostgreSQL ${version} is too old for Parley: version 14 or newer is needed.`);
    }
    const warnings: string[] = [];
    if ((await setting('fsync')) !== 'on')
      warnings.push('PostgreSQL runs with fsync off: what was acknowledged is lost when its machine crashes');
    return warnings;
  },
  async lock(db, name, how) {
    const key = sql`hashtextextended(${name}, 0)`;
    const call = how === 'alone' ? sql`pg_advisory_xact_lock(${key})` : sql`pg_advisory_xact_lock_shared(${key})`;
    await sql`select ${call}`.execute(db);
  },
  isConflict: (error) => CONFLICTS.has(codeOf(error)),
  async tuneQueue(db, table) {
    const often = sql`autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0`;
    await sql`alter table ${sql.table(table)} set (fillfactor = 70, ${often})`.execute(db);
  },
};

/** Names the ledger in a PostgreSQL database by its `postgres://` URL. It connects when it is first used. */
export function postgres(url: string): StoreDialect {
  return {
    name: 'postgres',
    open: () => ({ writer: connect(url, WRITERS), reader: connect(url, READERS, READS) }),
    text: sql`text collate "C"`,
    bytes: 'bytea',
    serial: { type: 'bigserial', modify: (column) => column.primaryKey() },
    shared: { ...shared, openPatient: () => connect(url, 1, PATIENT) },
  };
}
