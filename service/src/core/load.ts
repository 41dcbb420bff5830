/** The load of a process: long work makes room for webhooks that come meanwhile. */
export interface Load {
  /** Says how many webhooks this process has accepted so far. */
  readonly accepted: number;
}
