import type { HttpReply } from '../kit/http-server.ts';
import { Refusal } from '../kit/refusal.ts';
import type { Issue } from '../kit/schema.ts';

/** HTTP status (400 unless told) and message of each code the sandbox answers with. */
const TABLE: Record<number, { status?: number; message: string }> = {
  20001: { message: 'Invalid parameter' },
  20003: { status: 401, message: 'Authenticate' },
  20005: { status: 403, message: 'Account not active' },
  20404: { status: 404, message: 'The requested resource was not found' },
  20429: { status: 429, message: 'Too Many Requests' },
  20500: { status: 500, message: 'An internal server error has occurred' },
  20503: { status: 503, message: 'Service unavailable' },
  14107: { status: 429, message: 'SMS send rate limit exceeded' },
  21211: { message: "Invalid 'To' Phone Number" },
  21602: { message: 'Message body is required.' },
  21603: { message: "A 'From' phone number is required." },
  21604: { message: "A 'To' phone number is required." },
  21606: {
    message: "The 'From' phone number provided is not a valid message-capable Twilio phone number for this destination",
  },
  21608: { message: 'The number is unverified. Trial accounts cannot send messages to unverified numbers' },
  21609: { message: "The 'StatusCallback' URL is not a valid URL." },
  21610: { message: 'Attempt to send to unsubscribed recipient' },
  21614: { message: "'To' number is not a valid mobile number" },
  21617: { message: 'The concatenated message body exceeds the 1600 character limit' },
  21620: { message: 'Invalid media URL(s)' },
  21623: { message: 'Number of media files exceeds allowed limit' },
  21624: { message: 'Invalid ValidityPeriod' },
  21655: { message: 'The ContentSid is Invalid' },
  21656: { message: 'The ContentVariables Parameter is invalid' },
  21705: { message: 'The Messaging Service Sid is invalid' },
  21910: { message: "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel" },
  35111: { message: 'SendAt is required when ScheduleType is fixed' },
  35114: { message: 'SendAt must be between 900 seconds and 35 days in the future' },
  35118: { message: 'MessagingServiceSid is required to schedule a message' },
  63007: { message: 'Twilio could not find a Channel with the specified From address' },
  63016: { message: 'Failed to send freeform message because you are outside the allowed window' },
};

/** A refusal in the shape of Twilio's APIs. */
export class TwilioError extends Refusal {
  readonly code: number;
  readonly headers: Record<string, string>;

  constructor(code: number, message?: string, headers: Record<string, string> = {}) {
    super(message ?? TABLE[code]?.message ?? `Error ${code}`);
    this.code = code;
    this.headers = headers;
  }

  toReply(): HttpReply {
    const { code, message, headers } = this;
    const status = TABLE[code]?.status ?? 400;
    const more_info = `https://www.twilio.com/docs/errors/${code}`;
    return { status, headers, body: { code, message, more_info, status } };
  }
}

export const notFound = (path: string): TwilioError => {
  return new TwilioError(20404, `The requested resource ${path} was not found`);
};

/** What the Content API answers to what a schema refuses. */
export function refusalOf(issue: Issue): TwilioError {
  const name = `${String(issue.path[0])}: ${String(issue.path.at(-1))}`;
  if (issue.kind === 'missing') return new TwilioError(20001, `${name} is required`);
  if (issue.kind === 'length') return new TwilioError(20001, `${name} must have 1 to ${issue.max} characters`);
  if (issue.kind === 'count') return new TwilioError(20001, `${name} must have 1 to ${issue.max} elements`);
  return new TwilioError(20001, `${name} is not valid`);
}
