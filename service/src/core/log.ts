/** The log takes facts for the operator: ids and counts, never settings, bodies or secrets. */
export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}
