/** Makes what takes the place of a message whose session turned out to be closed: its wait for the contact, or the caller's template. */
import type { OutboundContent } from '../../../../contract/message.ts';
import type { Outbox } from '../../outbox/outbox.ts';
import type { Tx } from '../../store/unit-of-work.ts';
import * as messages from '../../store/message.store.ts';
import * as providerIds from '../../store/provider-id.store.ts';
import type { Message } from '../../store/message.store.ts';
import { withdrawChoices } from '../choices.ts';
import { holdJob } from '../jobs.ts';
import { contentOf, requestOf } from '../message-view.ts';

/**
 * Makes the message `held` or `queued` (with the template) again, as its caller asked; undefined: neither was asked. `refusedId`:
 * the provider's id of what it took first and refused later, whose statuses are not about the message any more.
 */
export async function fallBack(
  tx: Tx,
  outbox: Outbox,
  message: Message,
  now: number,
  refusedId?: string,
): Promise<'held' | 'queued' | undefined> {
  const request = requestOf(message);
  const { ifSessionClosed } = request;
  // Somebody sends it again already.
  if (message.replayedAs !== null) return undefined;
  const asksForNothing = typeof ifSessionClosed !== 'object' || contentOf(message).type === 'template';
  if (ifSessionClosed !== 'hold' && asksForNothing) return undefined;
  const anew = await renewed(tx, message, now, refusedId);
  if (ifSessionClosed === 'hold') {
    await messages.update(tx, message.id, { ...anew, status: 'held' });
    await outbox.enqueue(tx, holdJob(message.id, now, request));
    return 'held';
  }
  if (typeof ifSessionClosed !== 'object') return undefined;
  const content: OutboundContent = ifSessionClosed.template;
  const template = { content, kind: content.type };
  await messages.update(tx, message.id, { ...anew, ...template, status: 'queued' });
  return 'queued';
}

/** Makes the message `queued` again, as it was: the provider took it and refused it later. False: somebody sends it again already. */
export async function sendAnew(tx: Tx, message: Message, now: number, refusedId: string): Promise<boolean> {
  if (message.replayedAs !== null) return false;
  await messages.update(tx, message.id, { ...(await renewed(tx, message, now, refusedId)), status: 'queued' });
  return true;
}

/** Clears what a message that goes out anew has no more. It leaves its choices anew when it is sent. */
async function renewed(tx: Tx, message: Message, now: number, refusedId: string | undefined) {
  const refusedIds = await allRefused(tx, message, refusedId);
  await withdrawChoices(tx, message);
  return { statusAt: now, providerId: null, sentAt: null, error: null, deadAt: null, refusedIds };
}

/** Lists the ids as they stand with the message: what was refused before, and now, by whichever id its statuses may name it. */
async function allRefused(tx: Tx, message: Message, id: string | undefined): Promise<string[]> {
  const further = await providerIds.drop(tx, message.id);
  const now = [id, message.providerId, ...further].filter((one) => one !== undefined && one !== null);
  return [...new Set([...message.refusedIds, ...now])];
}
