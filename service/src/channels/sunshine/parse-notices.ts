/** What happens around messages: deliveries, marks, people, clients, the switchboard. */
import type { ControlChange } from '../../../../contract/event-data.ts';
import type { ChannelEvent, ContactRef, ParsedStatus } from '../channel.ts';
import { compact, idOf, labelOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { deliveryFault } from './errors.ts';
import { contactIn, factsIn, ownerIn, unsupported, type Told } from './payloads.ts';

/** The channel took it, the device has it, or it failed: the last is told at any time. */
const STEPS: Readonly<Record<string, ParsedStatus['status']>> = {
  channel: 'sent',
  user: 'delivered',
  failure: 'failed',
};

export function deliveryEvents(told: Told): ChannelEvent[] {
  const { payload, address, key, at, raw, thread } = told;
  const status = STEPS[told.type.split(':').at(-1) ?? ''];
  const providerMessageId = idOf(objectOf(payload.message).id);
  if (status === undefined || providerMessageId === undefined) return [unsupported(told, 'a delivery of no message')];
  const contact = contactIn(payload);
  const { code, message } = objectOf(payload.error);
  const fault = deliveryFault(code, message);
  const error = { kind: fault.kind, code: fault.kind, message: `${fault.message}.`, ...providerCodeOf(code) };
  return [
    compact({
      ...{ type: 'message.status' as const, address, dedupeKey: `status:${key}`, at, raw, providerMessageId, status },
      ...(contact && compact({ contact, thread, facts: factsIn(payload) })),
      ...(status === 'failed' && { error }),
    }),
  ];
}

function providerCodeOf(code: unknown): { providerCode: string } | undefined {
  const providerCode = labelOf(code);
  return providerCode === undefined ? undefined : { providerCode };
}

/** Everything that was sent until then is read. */
export function readEvents(told: Told): ChannelEvent[] {
  const { payload, address, key, at, raw, thread } = told;
  const contact = contactIn(payload);
  const isUser = objectOf(objectOf(payload.activity).author).type === 'user';
  if (!isUser || contact === undefined || thread === undefined || at === undefined) {
    return [unsupported(told, 'a read mark of the business, or of nobody')];
  }
  const mark = { status: 'read' as const, upTo: at };
  return [{ type: 'message.watermark', address, dedupeKey: `read:${key}`, at, contact, thread, raw, ...mark }];
}

export function typingEvents(told: Told): ChannelEvent[] {
  const { payload, address, key, at, raw, thread } = told;
  const { author, type } = objectOf(payload.activity);
  const contact = contactIn(payload);
  if (objectOf(author).type !== 'user' || contact === undefined) return [unsupported(told, 'typing of the business')];
  const data = { isTyping: type === 'typing:start' };
  return [
    compact({ type: 'contact.typing' as const, address, dedupeKey: `typing:${key}`, at, contact, thread, raw, data }),
  ];
}

export function memberEvents(told: Told, event: 'joined' | 'left'): ChannelEvent[] {
  const { payload, address, key, at, raw, thread } = told;
  const contact = contactIn({ user: payload.user });
  if (contact === undefined || thread === undefined)
    return [unsupported(told, 'members without a conversation, or nobody')];
  const about = compact({ address, at, contact, thread, raw });
  const data = { event, members: [contact] };
  const change: ChannelEvent = { type: 'conversation.members', ...about, dedupeKey: `members:${key}`, data };
  if (event === 'joined') return [change];
  return [
    change,
    { type: 'conversation.control', ...about, dedupeKey: `control:${key}`, closes: true, data: { event } },
  ];
}

/** A conversation that is removed takes no message any more. */
export function removalEvents(told: Told): ChannelEvent[] {
  const { payload, address, key, at, raw, thread } = told;
  const contact = contactIn(payload);
  if (contact === undefined) return [unsupported(told, 'a conversation of nobody was removed')];
  const closes = { closes: true as const, data: { event: 'removed' } };
  return [
    compact({
      type: 'conversation.control' as const,
      address,
      dedupeKey: `control:${key}`,
      at,
      contact,
      thread,
      raw,
      ...closes,
    }),
  ];
}

/** A link led into a conversation, or an ad did. */
export function referralEvents(told: Told): ChannelEvent[] {
  const { payload, address, key, at, raw, thread } = told;
  const contact = contactIn(payload);
  const { code, details } = objectOf(payload.referral);
  const { source, type, adId } = objectOf(details);
  if (contact === undefined) return [unsupported(told, 'a referral of nobody')];
  const data = compact({
    reference: textOf(code),
    event: labelOf(type),
    sourceType: labelOf(source),
    adId: idOf(adId),
  });
  return [
    compact({ type: 'link.clicked' as const, address, dedupeKey: `link:${key}`, at, contact, thread, raw, data }),
  ];
}

/** Who created a conversation and why; a referral in it is told as well. */
export function creationEvents(told: Told): ChannelEvent[] {
  const { payload, address, key, at, raw, thread } = told;
  const contact = contactIn(payload);
  if (contact === undefined) return [unsupported(told, 'a conversation of nobody was made')];
  const data: ControlChange = compact({ event: 'created', reason: labelOf(payload.creationReason) });
  const made: ChannelEvent = compact({
    ...{ type: 'conversation.control' as const, address, dedupeKey: `control:${key}`, at, contact, thread, raw, data },
    facts: factsIn(payload),
  });
  return Object.keys(objectOf(payload.referral)).length > 0 ? [made, ...referralEvents(told)] : [made];
}

const ACTS: Readonly<Record<string, string>> = {
  passControl: 'control_passed',
  offerControl: 'control_offered',
  acceptControl: 'control_accepted',
  releaseControl: 'control_released',
};

function nameOf(integration: unknown): string | undefined {
  const { name, integrationType, id } = objectOf(integration);
  return labelOf(name) ?? labelOf(integrationType) ?? idOf(id);
}

function metadataOf({ metadata }: JsonObject): string | undefined {
  return Object.keys(objectOf(metadata)).length === 0 ? undefined : JSON.stringify(metadata);
}

/** The switchboard moved a conversation, or could not: `switchboard:passControl`, `switchboard:passControl:failure` … */
export function switchboardEvents(told: Told): ChannelEvent[] {
  const { payload, type, address, key, at, raw, thread, settings } = told;
  const [, act = '', failure] = type.split(':');
  const event = Object.hasOwn(ACTS, act) ? ACTS[act] : undefined;
  const contact = contactIn(payload);
  if (event === undefined || contact === undefined)
    return [unsupported(told, `"${labelOf(type)}" of nobody, or not known`)];
  const { activeSwitchboardIntegration, pendingSwitchboardIntegration } = objectOf(payload.conversation);
  const owner = failure === undefined && act !== 'offerControl' ? ownerIn(payload, settings) : undefined;
  const { code, message } = objectOf(payload.error);
  const data: ControlChange = compact({
    ...{ owner, event: failure === undefined ? event : `${event}_failed` },
    ...{ reason: labelOf(payload.reason) ?? labelOf(code), summary: textOf(message) },
    ...{ newOwner: nameOf(activeSwitchboardIntegration), requestedOwner: nameOf(pendingSwitchboardIntegration) },
    metadata: metadataOf(payload),
  });
  return [
    compact({
      type: 'conversation.control' as const,
      address,
      dedupeKey: `control:${key}`,
      at,
      contact,
      thread,
      raw,
      owner,
      data,
    }),
  ];
}

/** With users, a conversation of theirs may go up in another: nothing can be said there any more, and what is said comes in the other. */
function swallowedEvents({ payload, address, key, at, raw }: Told, contact: ContactRef): ChannelEvent[] {
  const { surviving, discarded } = objectOf(payload.mergedConversations);
  const [thread, into] = [idOf(objectOf(discarded).id), idOf(objectOf(surviving).id)];
  if (thread === undefined || thread === into) return [];
  const data = compact({
    event: 'merged',
    metadata: into === undefined ? undefined : JSON.stringify({ thread: into }),
  });
  const about = { address, dedupeKey: `control:${key}`, at, contact, thread, raw };
  return [compact({ type: 'conversation.control' as const, ...about, closes: true as const, data })];
}

/** Two users turned out to be one: the other's ids are the surviving one's from now on. */
export function mergeEvents(told: Told): ChannelEvent[] {
  const { payload, address, key, at, raw } = told;
  const { surviving, discarded } = objectOf(payload.mergedUsers);
  const gone = contactIn({ user: discarded });
  const kept = contactIn({ user: surviving });
  if (gone === undefined || kept === undefined) return [unsupported(told, 'a merge of users that are not named')];
  const data = compact({ event: 'user_merged', text: labelOf(payload.reason) });
  return [
    ...swallowedEvents(told, gone),
    compact({
      ...{ type: 'contact.identity_changed' as const, address, dedupeKey: `identity:${key}`, at, raw, data },
      ...{ contact: gone, added: kept.identities, merges: true as const },
    }),
  ];
}

/** Who blocks the business on a channel gets nothing there until they unblock it. */
export function clientEvents(told: Told): ChannelEvent[] {
  const { payload, address, key, at, raw } = told;
  const contact = contactIn({ user: payload.user });
  const value = payload.reason === 'blocked' ? 'stop' : payload.reason === 'unblocked' ? 'resume' : undefined;
  if (contact === undefined || value === undefined) {
    const reason = labelOf(payload.reason) ?? 'no reason';
    return [unsupported(told, `${labelOf(told.type)}: ${reason}`)];
  }
  const data = { kind: 'block' };
  return [
    compact({
      ...{ type: 'contact.preference' as const, address, dedupeKey: `preference:${key}`, at, contact, raw },
      ...{ topic: 'all', value: value as 'stop' | 'resume', data },
    }),
  ];
}
