/** Describes the tables of what people want, as Kysely types; see schema.ts. */

/** Says what a person wants no more of, by a hash of an address. */
export interface SuppressionsTable {
  hash: string;
  topic: string;
  /** Holds an account's id; empty: every account. */
  reach: string;
  /** 0: they want it again. */
  stopped: number;
  at: number;
}

/** Says what the provider told of a template's category. */
export interface TemplateCategoriesTable {
  accountId: string;
  name: string;
  language: string;
  category: string;
  seenAt: number;
}
