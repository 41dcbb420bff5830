/**
 * Compiles the statements of the hot paths once. Building and compiling a query takes Kysely several times as long as SQLite takes to run it, so
 * those that run for every webhook and every message are built when first used on a database and kept, with their parameters left open.
 */
import type { Compilable, CompiledQuery, Kysely, QueryResult } from 'kysely';
import type { Schema } from './schema.ts';

/** Stands in a built query for a parameter that is given with each run. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Names a parameter where the query takes its value; never read a property of what it answers. */
export type Parameters<P> = <K extends keyof P & string>(name: K) => P[K];

/** Runs the statement with these values. */
export type Prepared<P, Row> = (db: Kysely<Schema>, values: P) => Promise<QueryResult<Row>>;

/**
 * Prepares a statement; it calls `build` once for each database. The query must not depend on values in another way than by `parameter(name)`: no
 * `null` in a comparison, no list of varying length.
 */
export function prepared<P extends object, Row>(
  build: (db: Kysely<Schema>, parameter: Parameters<P>) => Compilable<Row>,
): Prepared<P, Row> {
  const compiled = new WeakMap<object, CompiledQuery<Row>>();
  const compile = (db: Kysely<Schema>) => build(db, (name) => new Slot(name) as never).compile();
  return (db, values) => {
    const { adapter } = db.getExecutor();
    let query = compiled.get(adapter);
    if (query === undefined) compiled.set(adapter, (query = compile(db)));
    const given = values as Record<string, unknown>;
    const parameters = query.parameters.map((one) => (one instanceof Slot ? given[one.name] : one));
    return db.executeQuery<Row>({ ...query, parameters });
  };
}

/** Answers the only row, or undefined. */
export function first<Row>(result: QueryResult<Row>): Row | undefined {
  return result.rows[0];
}

/** Tells whether the statement changed anything. */
export function changed(result: QueryResult<unknown>): boolean {
  return (result.numAffectedRows ?? 0n) > 0n;
}
