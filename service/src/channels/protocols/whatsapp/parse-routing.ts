/** Who may answer a thread when several responders share a number: fields `messaging_handovers` and `standby`. */
import type { ChannelEvent } from '../../channel.ts';
import { compact, idOf, instantOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { baseOf, unsupported, type Change } from './change.ts';
import { contactOf, identitiesOf, profilesOf, type Profiles } from './identity.ts';
import { contentOf } from './parse-content.ts';

/** Control of a thread was passed to us or taken from us. Every member may be missing. */
export function handoverEvents(change: Change): ChannelEvent[] {
  const { value } = change;
  const sender = objectOf(value.sender);
  const event = textOf(value.type) ?? 'unknown';
  const about = objectOf(value[event]);
  const context = objectOf(about.conversation_context);
  const contact = contactOf(identitiesOf(sender.user_id, sender.phone_number, sender.wa_id), change.profiles);
  return [
    compact({
      type: 'conversation.control' as const,
      ...baseOf(change, 'control', undefined, change.raw, instantOf(value.timestamp)),
      contact,
      data: compact({
        event,
        previousOwner: textOf(about.previous_owner_role) ?? textOf(about.previous_owner_app_role),
        newOwner: textOf(about.new_owner_role) ?? textOf(about.new_owner_app_role),
        metadata: textOf(about.metadata),
        summary: textOf(objectOf(context.summary).text),
      }),
    }),
  ];
}

type Kind = 'message' | 'echo' | 'status';

function observed(change: Change, profiles: Profiles, kind: Kind, item: JsonObject): ChannelEvent {
  const id = idOf(item.id);
  const status = kind === 'status' ? textOf(item.status) : undefined;
  const spots = {
    message: [item.from_user_id, item.from],
    echo: [item.to_user_id, item.to, item.recipient],
    status: [item.recipient_user_id, item.recipient_id],
  }[kind];
  const said = kind === 'echo' && item.type === undefined ? objectOf(item.message) : item;
  return compact({
    type: 'conversation.control' as const,
    ...baseOf(change, `standby:${kind}`, id && (status ? `${id}:${status}` : id), item, instantOf(item.timestamp)),
    contact: contactOf(identitiesOf(...spots), profiles),
    data: compact({
      event: `standby_${kind}`,
      providerMessageId: id,
      status,
      content: kind === 'status' ? undefined : contentOf(said),
    }),
  });
}

/**
 * What is said in a thread that another responder owns. Published as `conversation.control` and never as a message, so that no
 * workflow answers it and no session opens by it.
 */
export function standbyEvents(change: Change): ChannelEvent[] {
  const standby = objectOf(change.value.standby);
  const profiles = profilesOf(standby.contacts);
  const each = (kind: Kind, list: unknown): ChannelEvent[] =>
    objectsOf(list).map((item) => observed(change, profiles, kind, item));
  const events = [
    ...each('message', standby.messages),
    ...each('echo', standby.message_echoes),
    ...each('status', standby.statuses),
  ];
  return events.length > 0 ? events : [unsupported(change, 'standby without content', change.raw)];
}
