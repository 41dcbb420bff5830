/** The body of `POST /{account}/messages` (page "Send API"). */
import { z } from 'zod';
import { SendError } from '../../../core/errors.ts';
import type { OutgoingMessage } from '../../channel.ts';
import { compact, objectOf, textOf, type JsonObject } from '../../kit/json.ts';
import { checkContent } from './check.ts';
import type { Dialect } from './dialect.ts';
import { metaId } from './settings.ts';
import { renderMessage } from './render.ts';
import { HUMAN_AGENT, retiredTag } from './tags.ts';

const tag = z.string().superRefine((value, context) => {
  if (value === HUMAN_AGENT) return;
  const message = retiredTag(value) ?? `must be ${HUMAN_AGENT}: there is no other tag`;
  context.addIssue({ code: 'custom', message });
});

/** What a send of Messenger may ask beyond the contract. */
export const messengerOptions = z.strictObject({
  /** Who speaks, of the Page's personas. */
  personaId: metaId.optional(),
  notificationType: z.enum(['REGULAR', 'SILENT_PUSH', 'NO_PUSH']).optional(),
  tag: tag.optional(),
});

/** What a send of Instagram may ask beyond the contract. */
export const instagramOptions = z.strictObject({ tag: tag.optional() });

type Envelope = Pick<OutgoingMessage, 'author' | 'session' | 'options' | 'content'>;

/**
 * Inside the window an answer; outside, what a person wrote goes by the tag for people, and a template as a utility message.
 * Anything else outside is sent as an answer, for Meta to refuse: it may know better when the window began.
 */
function sendingType({ author, session, options, content }: Envelope): JsonObject {
  if (content.type === 'template') return { messaging_type: 'UTILITY' };
  const own = content.type === 'native' ? objectOf(content.body) : {};
  const isTagged = options.tag === HUMAN_AGENT || own.tag === HUMAN_AGENT;
  if (isTagged && author.type !== 'agent') {
    throw new SendError('invalid', `The tag ${HUMAN_AGENT} is for what a person wrote: set author to human.`);
  }
  if (own.messaging_type !== undefined && options.tag === undefined) return {};
  if (isTagged || (session === 'closed' && author.type === 'agent')) {
    return { messaging_type: 'MESSAGE_TAG', tag: HUMAN_AGENT };
  }
  return { messaging_type: 'RESPONSE' };
}

function reaction({ content, to }: OutgoingMessage, { reactions }: Dialect): JsonObject | undefined {
  if (content.type !== 'reaction') return undefined;
  const { messageId: message_id, emoji } = content;
  const recipient = { id: to.address };
  if (emoji === '') return { recipient, sender_action: 'unreact', payload: { message_id } };
  return { recipient, sender_action: 'react', payload: { message_id, reaction: reactions[emoji] } };
}

/**
 * The whole body. `metadata` is our message id: the echo repeats it, which settles sends whose answer was lost. A `native` body
 * keeps its own members except the recipient and that id. Throws `ParleyError` for a content that is not within the limits, and
 * `SendError('invalid')` for a tag that is not for this author.
 */
export function renderBody(message: OutgoingMessage, dialect: Dialect): JsonObject {
  checkContent(message.content, dialect);
  const { id, to, content, options, replyToProviderId: mid } = message;
  const action = reaction(message, dialect);
  if (action !== undefined) return action;
  const own = content.type === 'native' ? objectOf(content.body) : {};
  const type = sendingType(message);
  return compact({
    ...type,
    persona_id: textOf(options.personaId),
    notification_type: textOf(options.notificationType),
    reply_to: mid === undefined ? undefined : { mid },
    ...own,
    // An option was said about this very send.
    ...(options.tag !== undefined && type),
    recipient: { id: to.address },
    message: { ...renderMessage(content), ...(dialect.metadata && { metadata: id }) },
  });
}
