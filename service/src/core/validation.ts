/** Validates by zod schemas, and tells failures by field, never with a value. */
import type { z } from 'zod';
import type { Problem } from '../../../contract/api.ts';
import { ParleyError } from './errors.ts';

type FieldErrors = NonNullable<Problem['errors']>;
type Issue = z.core.$ZodIssue;

const MAX_ERRORS = 20;
const MAX_FIELD = 120;

/** Answers the validated value. Throws `ParleyError(400, 'invalid_request')` whose `errors` name each bad field and repeat no value. */
export function validate<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = fieldErrors(result.error);
  const fields = errors.map(({ field }) => field || 'the body').slice(0, 5);
  const more = errors.length > fields.length ? ' and more' : '';
  throw new ParleyError(400, 'invalid_request', `Not valid: ${fields.join(', ')}${more}.`, { errors });
}

/** Lists one entry per bad field by its dotted path (empty: the whole), at most 20. */
export function fieldErrors(error: z.ZodError | z.core.$ZodError): FieldErrors {
  return error.issues.flatMap((issue) => describe(issue, [])).slice(0, MAX_ERRORS);
}

function describe(issue: Issue, prefix: PropertyKey[]): FieldErrors {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((name) => ({ field: dotted([...path, name]), message: 'This field is not known.' }));
  if (issue.code === 'invalid_union') return describeUnion(issue, path);
  return [{ field: dotted(path), message: isMissing(issue) ? 'Required.' : issue.message }];
}

function isMissing({ message }: Issue): boolean {
  return message.endsWith('received undefined');
}

/** Of several forms, the errors of the one that was meant: the one that got furthest into the value. */
function describeUnion(issue: Extract<Issue, { code: 'invalid_union' }>, path: PropertyKey[]): FieldErrors {
  if (issue.discriminator !== undefined) return [{ field: dotted(path), message: 'This is none of the known kinds.' }];
  if (issue.errors.every((branch) => branch.some((inner) => inner.path.length === 0 && isMissing(inner))))
    return [{ field: dotted(path), message: 'Required.' }];
  const deep = issue.errors.filter((branch) =>
    branch.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
  );
  const meant = deep.sort((a, b) => a.length - b.length)[0];
  return (
    meant?.flatMap((inner) => describe(inner, path)) ?? [
      { field: dotted(path), message: 'This has none of the forms that are accepted here.' },
    ]
  );
}

function dotted(path: PropertyKey[]): string {
  const text = path.map(String).join('.');
  return text.length > MAX_FIELD ? `${text.slice(0, MAX_FIELD)}…` : text;
}
