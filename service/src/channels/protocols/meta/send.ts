/** One message, one call. Never repeats: Meta has no idempotency key. */
import type { OutboundContent } from '../../../../../contract/message.ts';
import { ParleyError, SendError } from '../../../core/errors.ts';
import type { OutgoingMessage, SeenMessage, SendReceipt } from '../../channel.ts';
import type { ConnectorIo } from '../../../connectors/connector.ts';
import type { JsonObject } from '../../kit/json.ts';
import { stringsIn } from '../../kit/scrub.ts';
import { graph, graphAnswer, type MetaAccount } from './account.ts';
import { lacksPermission } from './errors.ts';
import { receiptOf } from './payloads.ts';
import { renderBody } from './send-body.ts';

/** Names and ids that an error has to be able to name; everything else that was written stays out of it. */
const IDS = new Set(['type', 'mediaId', 'catalogId', 'productId', 'productIds', 'messageId', 'template_type', 'emoji']);
const BODY_NAMES = new Set([...IDS, 'messaging_type', 'tag', 'notification_type', 'persona_id', 'content_type']);

function writtenIn(content: OutboundContent): string[] {
  if (content.type === 'template') return stringsIn({ ...content, name: '', language: '' }, IDS);
  return stringsIn(content, content.type === 'native' ? BODY_NAMES : IDS);
}

function bodyOf(message: OutgoingMessage, account: MetaAccount): JsonObject {
  try {
    return renderBody(message, account.dialect);
  } catch (error) {
    if (error instanceof ParleyError) throw new SendError('invalid', error.message);
    throw error;
  }
}

/** What only messages outside the window need: without it the others still go. */
const NEEDED = new Map<unknown, string>([
  ['MESSAGE_TAG', 'The tag HUMAN_AGENT takes the feature Human Agent, which the app has to be granted'],
  ['UTILITY', 'Utility templates take the permission pages_utility_messaging'],
]);

function aboutMessage(error: unknown, { messaging_type: type }: JsonObject): unknown {
  const needed = NEEDED.get(type);
  const isOfMessage = error instanceof SendError && needed !== undefined && lacksPermission(error.details.providerCode);
  if (!isOfMessage) return error;
  return new SendError(error.kind, `${needed}. ${error.message}`, { ...error.details, scope: 'message' });
}

export async function sendMessage(
  message: OutgoingMessage,
  account: MetaAccount,
  io: ConnectorIo,
): Promise<SendReceipt> {
  const json = bodyOf(message, account);
  const path = `${account.node}/messages`;
  const call = { method: 'POST', path, json, said: writtenIn(message.content) } as const;
  const calledAt = io.clock.now();
  const { body, aheadMs } = await graphAnswer(call, account, io).catch((error: unknown) => {
    throw aboutMessage(error, json);
  });
  const receipt = receiptOf(body, message, account.identityKind);
  if (receipt === undefined)
    throw new SendError('uncertain', 'Meta accepted the request but its answer names no message.');
  return { ...receipt, ...(aheadMs !== undefined && { sentAt: calledAt + aheadMs }) };
}

/** Marks the whole conversation as read; "typing" goes away after 20 s or with the answer. */
export async function markRead(
  { from }: SeenMessage,
  typing: boolean | undefined,
  account: MetaAccount,
  io: ConnectorIo,
): Promise<void> {
  if (from === undefined) {
    throw new SendError(
      'rejected',
      'Nobody knows who sent this message, and Meta marks conversations as read, not messages.',
    );
  }
  const act = (sender_action: string): Promise<JsonObject> =>
    graph(
      { method: 'POST', path: `${account.node}/messages`, json: { recipient: { id: from.address }, sender_action } },
      account,
      io,
    );
  await act('mark_seen');
  if (typing !== undefined) await act(typing ? 'typing_on' : 'typing_off');
}
