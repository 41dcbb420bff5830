/** A sealer encrypts values at rest. `context`, the id of the row that holds the value, binds it to its owner: under another id it does not open. */
export interface Sealer {
  /** Seals any JSON value into text that the ledger may hold. */
  encrypt(value: unknown, context: string): string;
  /** Opens what `encrypt` sealed. Throws when the key is not known, the context is another one, or the text was changed. */
  decrypt(sealed: string, context: string): unknown;
}
