/** Failures of what the service does by itself, which nobody waits for: a database that cannot be used, or a defect. */
export interface Failures {
  /** Tells the operator what could not be done. It never throws. */
  report(error: unknown, what: string): void;
}
