/** Says what a notice tells: what its channel read, with ids of ours for what it names by the provider's. */
import type { EventBody } from '../../../contract/event.ts';
import type { ParsedNotice } from '../channels/channel.ts';
import type { Participant } from '../contacts/resolve.ts';
import { pick } from '../core/pick.ts';
import * as messages from '../store/message.store.ts';
import type { InboundFact } from './fact.ts';
import { placeOf, type Files } from './files.ts';

/** Who answers from now on is told with the fact that tells it; a recording is the contact's file; a payment is told with the message that asked for it. */
export async function noticeBody(
  { tx, account, event }: InboundFact<ParsedNotice>,
  person: Participant | undefined,
  files: Files,
): Promise<EventBody> {
  if (event.type === 'conversation.control' && event.owner !== undefined) {
    return { type: event.type, data: { owner: event.owner, ...event.data } };
  }
  if (event.type === 'call' && event.recording !== undefined && person !== undefined) {
    const recording = await files.one(tx, placeOf(person), event.recording);
    return { type: event.type, data: { ...event.data, recording } };
  }
  const asked = event.type === 'payment.updated' ? event.data.providerMessageId : undefined;
  const known = asked === undefined ? undefined : await messages.named(tx.db, account.id, asked);
  if (event.type === 'payment.updated' && known !== undefined) {
    return { type: event.type, data: { ...event.data, messageId: known.id } };
  }
  return pick(event, 'type', 'data');
}
