import { PlainRefusal } from '../kit/refusal.ts';
import type { Issue } from '../kit/schema.ts';

/** HTTP status (400 unless told) and message of each code the sandbox answers with. */
const TABLE: Record<number, { status?: number; message: string }> = {
  400100: { message: '"%s" must be a string.' },
  400105: { message: '"%s" must be specified.' },
  400110: { message: '"%s" is too long.' },
  400111: { message: '"%s" has an invalid value.' },
  400201: { message: '"%s" not found.' },
  400202: { message: '"%s" violates a unique constraint.' },
  400401: { message: 'Invalid "Api-Token".' },
  400403: { message: 'The request body is not valid JSON.' },
  500901: { status: 500, message: 'Internal server error.' },
  500910: { status: 429, message: 'Rate limit exceeded.' },
  900020: { message: 'The user is not a member of the channel.' },
  900050: { message: 'The channel is frozen.' },
  900080: { message: 'You are blocked by the other user.' },
  900500: { message: 'The channel is not found.' },
};

/** A refusal in the shape of the Platform API. */
export function refuse(code: number, what = '', headers?: Record<string, string>): PlainRefusal {
  const { status = 400, message } = TABLE[code] ?? { message: `Error ${code}` };
  return new PlainRefusal(status, { error: true, code, message: message.replace('%s', what) }, headers);
}

/** What the API answers to what a schema refuses. */
export function refusalOf({ kind, path }: Issue): PlainRefusal {
  const name = path.join('.');
  if (kind === 'missing') return refuse(400105, name);
  if (kind === 'type') return refuse(400100, name);
  return refuse(kind === 'length' || kind === 'count' ? 400110 : 400111, name);
}
