/** Answers of the Graph API. */
import type { HttpResponse } from '../../../service/src/core/http.ts';
import { json } from '../../conformance/fake-io.ts';

export interface ErrorMembers {
  subcode?: number;
  [member: string]: unknown;
}

export function graphError(code: number, status = 400, { subcode, ...more }: ErrorMembers = {}): HttpResponse {
  const error = {
    message: `(#${code}) Something is wrong`,
    type: 'OAuthException',
    code,
    ...(subcode !== undefined && { error_subcode: subcode }),
    fbtrace_id: 'Az8',
    ...more,
  };
  return json(status, { error });
}

export const ACCEPTED = { recipient_id: '5678', message_id: 'm_1' };
