/** Turns what the service refused into what n8n shows: the message says what happened, the description how to mend it. */
import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import type { Problem, ProblemCode } from '../../contract/api.ts';

/** Who has to act: `user` asked for something wrong, `service` (or the provider behind it) said no. */
export interface Explanation {
  fault: 'user' | 'service';
  message: string;
  description: string;
}

/** Where an error happened, for n8n's error view. */
interface ErrorPlace {
  itemIndex?: number;
  /** HTTP status of the service's answer. */
  status?: number;
}

type Explain = (problem: Problem, serviceUrl: string) => Explanation;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function user(message: string, description: string): Explanation {
  return { fault: 'user', message, description };
}

function service(message: string, description: string): Explanation {
  return { fault: 'service', message, description };
}

/** `text: is too long; buttons.0.title: is required` */
function fieldErrors(problem: Problem): string | undefined {
  const errors = problem.errors ?? [];
  return errors.length === 0
    ? undefined
    : errors.map(({ field, message }) => (message.startsWith(field) ? message : `${field}: ${message}`)).join('; ');
}

function providerCode(problem: Problem): string {
  const code = problem['providerCode'];
  return typeof code === 'string' || typeof code === 'number' ? ` (code ${code})` : '';
}

function sessionClosed(problem: Problem): Explanation {
  const ended = text(problem['windowEndedAt']);
  return user(
    ended ? `The session with this contact closed at ${ended}` : 'There is no open session with this contact',
    "Free-form messages are allowed only for a time after the contact wrote. Use the operation 'Send Template' where the channel has one, set 'If Session Closed' to hold the message, or turn on 'Written by a Person' where the channel has it and a person of yours wrote.",
  );
}

function badContent(problem: Problem): Explanation {
  return user(
    `The content cannot be taken as it is: ${fieldErrors(problem) ?? problem.detail}`,
    'Correct what is named and run the node again. Nothing was sent.',
  );
}

function badRequest(problem: Problem): Explanation {
  return user(
    `The service did not accept the request: ${fieldErrors(problem) ?? problem.detail}`,
    'Correct the named field. If it is not one of this node, the node and the service are probably of different versions: update both.',
  );
}

function isAboutThread({ errors = [] }: Problem): boolean {
  return errors.some(({ field }) => field === 'thread');
}

/** Not the content is refused, but the thread. */
function noThreads(problem: Problem): Explanation | undefined {
  if (!isAboutThread(problem)) return undefined;
  return user(`This channel has no threads: ${problem.detail}`, "Remove the option 'Thread'. Nothing was sent.");
}

/** Not the recipient is refused, but that no thread is named. */
function threadMissing(problem: Problem): Explanation | undefined {
  if (!isAboutThread(problem)) return undefined;
  return user(
    `The field 'Thread' is empty: ${problem.detail}`,
    "Give the value of 'thread' of a trigger, or send to a conversation instead of an address. Nothing was sent.",
  );
}

const EXPLANATIONS: Partial<Record<ProblemCode, Explain>> = {
  unauthorized: (_, serviceUrl) =>
    service(
      `The Parley service at ${serviceUrl} did not accept the API key`,
      "Copy the key that the service printed the place of when it first started (or its PARLEY_API_KEY) into the 'Parley API' credential.",
    ),
  session_closed: sessionClosed,
  opted_out: (problem) =>
    user(
      `The contact does not want these messages: ${problem.detail}`,
      "Nothing was sent. Do not send again until the contact opts in; use 'Session: Get' to ask before sending.",
    ),
  handed_off: (problem) =>
    user(
      `A person has taken over this conversation: ${problem.detail}`,
      "Automated messages are held back until the conversation is handed back to the bot: 'Conversation: Set Owner' of the Parley node does that. What a person of yours wrote goes out with the option 'Written by a Person', which the Parley node has for every channel. Nothing was sent.",
    ),
  precondition_failed: (problem) =>
    user(
      'Somebody changed this conversation meanwhile',
      `${problem.detail} Without the option 'Only If Unchanged Since Version' the owner is set in any case.`,
    ),
  blocked: (problem) =>
    user(
      `The contact has left this conversation: ${problem.detail}`,
      "Nobody can write until the contact does. Nothing was sent; with 'If Session Closed' set to hold, a message waits for them.",
    ),
  unsupported_by_channel: (problem) =>
    noThreads(problem) ??
    user(
      `This channel cannot send that kind of message: ${problem.detail}`,
      "Choose another 'Content Type'. The Parley node sends the nearest form that the channel has, when 'If the Channel Lacks It' says so; the channel's own node passes the provider's own body through as 'Native JSON'.",
    ),
  invalid_recipient: (problem) =>
    threadMissing(problem) ??
    user(
      `The field 'To' cannot be used: ${problem.detail}`,
      "Give the value of 'from' of a trigger, or, where people have one, the phone number with + and its country code, e.g. +15550001111. 'Default Country' of the credential makes numbers of one country right without.",
    ),
  invalid_content: badContent,
  invalid_request: badRequest,
  invalid_body: badRequest,
  body_too_large: (problem) => user('The request is too large for the service', problem.detail),
  idempotency_conflict: () =>
    user(
      'Another message was already sent with this idempotency key',
      "The key was used for a different message. Clear 'Idempotency Key' so that the node makes its own, or make yours depend on what is sent. Nothing was sent.",
    ),
  may_have_arrived: () =>
    user(
      'Nobody knows whether this message arrived',
      "Turn on the option 'Even If Unknown' to send it again all the same: the contact may then get it twice.",
    ),
  unreadable: (problem) =>
    service(problem.detail, 'The webhook stays a dead letter. Update the service, or discard the webhook.'),
  subscription_ended: (problem) => user(problem.detail, 'Activate the workflow, then replay the dead letter.'),
  media_too_large: (problem) =>
    user(`The file is too large: ${problem.detail}`, 'Send a smaller file, or a link to it in a text message.'),
  media_type_not_allowed: (problem) =>
    user(
      `The file is of a type that cannot be sent: ${problem.detail}`,
      "Convert the file, or choose 'Document' as 'Content Type'. The type is taken from the binary field's MIME type.",
    ),
  media_gone: (problem) =>
    service(`The file is no longer there: ${problem.detail}`, 'Download files soon after the message arrives.'),
  forbidden_url: (problem) =>
    user(
      `The service may not call that URL: ${problem.detail}`,
      'Use a public https URL, or allow the private address in the configuration of the service.',
    ),
  account_required: (problem) =>
    service(
      `The service does not have this account: ${problem.detail}`,
      'An account gets to the service from its credential: activate a trigger or run a node of its channel with it once. If this node has that credential, save it again and run the node once more.',
    ),
  invalid_settings: (problem) =>
    service(
      `The channel credential is not complete: ${fieldErrors(problem) ?? problem.detail}`,
      'Open the channel credential and correct the named setting.',
    ),
  provider_settings: (problem) =>
    service(
      `The provider refused the credential${providerCode(problem)}: ${problem.detail}`,
      'Check the access token or the key and its permissions in the channel credential; it may have expired or been replaced.',
    ),
  provider_rejected: (problem) =>
    service(
      `The provider refused${providerCode(problem)}: ${problem.detail}`,
      'Change what the provider names; the same request will be refused again.',
    ),
  provider_unreachable: (problem) =>
    service(
      `The provider cannot be reached: ${problem.detail}`,
      "Try again later, or turn on 'Retry On Fail' in the settings of this node: a message is not sent twice.",
    ),
  overloaded: (problem) =>
    service(
      `The service has too much to do: ${problem.detail}`,
      "Turn on 'Retry On Fail' in the settings of this node: a message is not sent twice.",
    ),
  storage_unavailable: (problem) =>
    service(
      `The service cannot reach or write its database: ${problem.detail}`,
      "Look at the disk or the database server of the service. Turn on 'Retry On Fail' in the settings of this node: a message is not sent twice.",
    ),
  not_found: (problem) =>
    user(`Not found: ${problem.detail}`, 'Check the ID. It may have been deleted, or belong to another account.'),
};

/** What a problem means for the person who built the workflow. Pure. */
export function explainProblem(problem: Problem, serviceUrl: string): Explanation {
  const explain = EXPLANATIONS[problem.code];
  if (explain) return explain(problem, serviceUrl);
  return service(
    `The Parley service could not do this: ${problem.detail}`,
    'The log of the service says more. If it stays so, report it with the text of this message.',
  );
}

/** What a connection that never came about means. Pure. `code` is Node's, e.g. `ECONNREFUSED`. */
export function explainUnreachable(serviceUrl: string, code: string | undefined): Explanation {
  return service(
    `The Parley service cannot be reached at ${serviceUrl}`,
    `Start it with 'npm start', or correct 'Service URL' in the 'Parley API' credential. From inside a container, localhost is the container itself${code ? ` (${code})` : ''}.`,
  );
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}

/** Reads a problem out of an error answer; an answer that is none (a proxy's page, say) becomes one of code `internal`. */
export function problemOf(status: number, body: unknown): Problem {
  if (isProblem(body)) return body;
  const detail = `HTTP ${status}, and the answer is not one of the Parley service`;
  return { type: 'about:blank', title: 'Unexpected answer', status, code: 'internal', detail };
}

/** Makes n8n's error of an explanation. */
export function toNodeError(
  node: INode,
  explanation: Explanation,
  place: ErrorPlace,
): NodeApiError | NodeOperationError {
  const error = nodeErrorOf(node, explanation, place);
  // n8n puts words of its own in the place of a message that names, say, ECONNREFUSED, whoever refused the connection.
  error.message = explanation.message;
  return error;
}

function nodeErrorOf(
  node: INode,
  { fault, message, description }: Explanation,
  { itemIndex, status }: ErrorPlace,
): NodeApiError | NodeOperationError {
  if (fault === 'user') return new NodeOperationError(node, message, { description, itemIndex });
  const httpCode = status === undefined ? undefined : String(status);
  return new NodeApiError(node, { message }, { message, description, httpCode, itemIndex });
}
