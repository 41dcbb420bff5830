/** `message` and `message_edit`: what a person said, changed or took back, and what the account said by itself or through other apps. */
import type { MessageContext } from '../../../../../contract/message.ts';
import { messageKey } from '../../../core/ids.ts';
import type { ChannelEvent, ContactRef, ParsedContent } from '../../channel.ts';
import { compact, flagOf, idOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { baseOf, idFrom, keyOf, unsupported, type Item } from './item.ts';
import { attachmentsContent, attachmentsReason } from './parse-attachments.ts';
import { openerOf, referralContext } from './parse-referral.ts';

/** A quick reply, or a command out of the composer's menu: `text` is what was shown of it. */
function choiceOf(message: JsonObject, text: string | undefined): ParsedContent | undefined {
  const reply = message.quick_reply === undefined ? undefined : objectOf(message.quick_reply);
  const id = reply ? (textOf(reply.payload) ?? text) : textOf(objectsOf(message.commands)[0]?.name);
  return id === undefined ? undefined : { type: 'button', buttonId: id, text: text ?? id, source: 'message' };
}

/** Total: what it cannot read is `unsupported` with the reason. */
export function contentOf(message: JsonObject): ParsedContent {
  const text = typeof message.text === 'string' ? message.text : undefined;
  const content = choiceOf(message, text) ?? attachmentsContent(message.attachments, text);
  if (content !== undefined) return content;
  if (text !== undefined) return { type: 'text', text };
  const kept =
    flagOf(message.is_unsupported) === true ? 'a kind of message that is not handed over' : 'message without content';
  return { type: 'unsupported', reason: attachmentsReason(message.attachments) ?? kept };
}

/** What the message answers, and where the person came from. */
function contextOf(message: JsonObject): MessageContext | undefined {
  const { mid, story } = objectOf(message.reply_to);
  const shown = compact({ id: idOf(objectOf(story).id), url: textOf(objectOf(story).url) });
  const context = compact({
    replyToProviderId: idOf(mid),
    story: Object.keys(shown).length > 0 ? shown : undefined,
    ...referralContext(message.referral),
  });
  return Object.keys(context).length > 0 ? context : undefined;
}

/** A message or an act of the person. `id` undefined: Meta gives it none, and a key that is as stable stands in for it. */
export function received(
  item: Item,
  contact: ContactRef,
  kind: string,
  id: string | undefined,
  content: ParsedContent,
): Extract<ChannelEvent, { type: 'message.received' }> {
  const providerMessageId = id ?? keyOf(item, kind, undefined);
  const base = baseOf(item, messageKey(providerMessageId));
  return { type: 'message.received', ...base, contact, providerMessageId, content };
}

function said(item: Item, contact: ContactRef, message: JsonObject): ChannelEvent {
  const content = contentOf(message);
  const opensWindow = openerOf(message.referral, content.type === 'button' ? 'button' : 'message');
  const event = received(item, contact, 'said', idOf(message.mid), content);
  return compact({ ...event, context: contextOf(message), opensWindow });
}

function deleted(item: Item, contact: ContactRef, message: JsonObject): ChannelEvent {
  const providerMessageId = idOf(message.mid);
  if (providerMessageId === undefined) return unsupported(item, 'deletion of no message');
  return {
    type: 'message.deleted',
    ...baseOf(item, keyOf(item, 'deleted', providerMessageId)),
    contact,
    providerMessageId,
    ...(item.isOwn && { isOwn: true as const }),
  };
}

/** Ids that `core/ids` makes for messages; `metadata` comes back as it was sent. */
const OUR_ID = /^msg_[0-9a-z]{1,40}$/;

/**
 * A message that left the account. Through our app it is the proof that a send of ours arrived at Meta; through any other it was
 * said elsewhere, by a person where an inbox sent it.
 */
function echo(item: Item, contact: ContactRef, message: JsonObject): ChannelEvent {
  const { appId, inboxAppIds, withoutAppIsPerson } = item.reader;
  const app = idOf(message.app_id);
  const metadata = textOf(message.metadata) ?? '';
  const correlationId = OUR_ID.test(metadata) ? metadata : undefined;
  const mid = idOf(message.mid);
  if (mid !== undefined && (correlationId !== undefined || (app !== undefined && app === appId))) {
    const base = baseOf(item, keyOf(item, 'status', `${mid}:sent`));
    const said = metadata === '' ? contentOf(message) : undefined;
    return compact({ type: 'message.status', ...base, providerMessageId: mid, correlationId, said, status: 'sent' });
  }
  const isPerson = app === undefined ? withoutAppIsPerson : inboxAppIds.includes(app);
  const providerMessageId = mid ?? keyOf(item, 'echo', undefined);
  const base = baseOf(item, messageKey(providerMessageId));
  const owner = isPerson ? ('human' as const) : base.owner;
  const said = { content: contentOf(message), context: contextOf(message) };
  return compact({ type: 'message.echo', ...base, contact, owner, providerMessageId, ...said });
}

export function messageEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const message = objectOf(item.raw.message);
  if (flagOf(message.is_deleted) === true) return [deleted(item, contact, message)];
  return [item.isOwn ? echo(item, contact, message) : said(item, contact, message)];
}

/** A person may change what they wrote, up to five times; so may those who write for the account. */
export function editEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const edit = objectOf(item.raw.message_edit);
  const providerMessageId = idOf(edit.mid);
  if (providerMessageId === undefined) return [unsupported(item, 'edit of no message')];
  const content = contentOf(edit);
  // Instagram tells of an edit number 0, which says nothing, with new messages: it takes no text away.
  if (content.type === 'unsupported') {
    return [unsupported(item, 'edit without content', idFrom('edit', providerMessageId, numberOf(edit.num_edit)))];
  }
  const key = keyOf(item, 'edited', idFrom(providerMessageId, numberOf(edit.num_edit)));
  const own = item.isOwn && { isOwn: true as const };
  return [{ type: 'message.edited', ...baseOf(item, key), contact, providerMessageId, content, ...own }];
}
