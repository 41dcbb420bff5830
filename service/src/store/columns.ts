/** Names what Kysely reads and writes: camel case in the program, snake case in the database. */
import { CamelCasePlugin, type KyselyPlugin } from 'kysely';

class Columns extends CamelCasePlugin {
  /** Names the member of a row that holds the column. */
  memberOf(column: string): string {
    return this.camelCase(column);
  }
}

/** Translates both ways: for drivers whose rows have the names of the columns. */
export const COLUMNS = new Columns({ maintainNestedObjectKeys: true });

/** Translates queries only: for drivers that name the members of rows by `COLUMNS.memberOf` themselves. */
export const QUERY_COLUMNS: KyselyPlugin = {
  transformQuery: (args) => COLUMNS.transformQuery(args),
  transformResult: ({ result }) => Promise.resolve(result),
};
