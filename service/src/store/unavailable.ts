/** Tells that the database cannot be used at present, whatever database it is. */

/**
 * The ledger throws it when the database cannot be used at present: not reachable, no room left on its disk, shutting down, held by somebody else.
 * It changed nothing, unless the answer to the very commit was lost. `cause`: what the database said.
 */
export class LedgerUnavailable extends Error {
  constructor(cause: unknown) {
    super('The database cannot be used at present', { cause });
    this.name = 'LedgerUnavailable';
  }
}

/** Makes a function that gives an error its name, so that whoever catches it need not know the database. */
export function naming(isUnavailable: (error: unknown) => boolean): (error: unknown) => unknown {
  return (error) => (isUnavailable(error) ? new LedgerUnavailable(error) : error);
}
