/** Errors as the service's HTTP API tells them. */

/** RFC 9457 problem. `code` is stable and meant for programs; `errors` names each bad field. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  errors?: { field: string; message: string }[];
  /** Particulars of the code, e.g. `windowEndedAt`, `reasons`, `providerCode`. Never a secret. */
  [extra: string]: unknown;
}

/** Lists the codes of problems but those of features, which list their own; `docs/api.md` explains each. */
export const PROBLEM_CODES = [
  'invalid_request',
  'invalid_body',
  'body_too_large',
  'unauthorized',
  'not_found',
  'method_not_allowed',
  'unknown_channel',
  'unknown_endpoint',
  'invalid_signature',
  'signature_not_configured',
  'account_required',
  'invalid_settings',
  'invalid_recipient',
  'invalid_content',
  'unsupported_by_channel',
  'session_closed',
  'opted_out',
  'handed_off',
  'blocked',
  'precondition_failed',
  'idempotency_conflict',
  'forbidden_url',
  'media_too_large',
  'media_type_not_allowed',
  'media_gone',
  'provider_rejected',
  'provider_settings',
  'provider_unreachable',
  'overloaded',
  'storage_unavailable',
  'internal',
] as const;
/**
 * Has a member for each code of a problem. A feature adds its own by declaration merging, in its part of the contract or in its folder:
 * `declare module './problem.ts' { interface ProblemCodes { made_up: true } }`.
 */
export interface ProblemCodes extends Record<(typeof PROBLEM_CODES)[number], true> {}
/** The stable word for what went wrong, for programs to decide by. */
export type ProblemCode = keyof ProblemCodes;

/** Has a member for each reason why a send is not allowed, which is a problem code as well. A feature adds its own as in `ProblemCodes`. */
export interface RefusalReasons {
  session_closed: true;
  opted_out: true;
  handed_off: true;
  blocked: true;
  unsupported_by_channel: true;
}
/** Tells why a send is not allowed now. */
export type RefusalReason = keyof RefusalReasons;
