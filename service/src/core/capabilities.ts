/** Reads what can be done in a conversation, or by an account whatever the conversation. */
import type { Capabilities, ConversationFacts } from '../../../contract/channel.ts';

/** Describes an account with its channel, as far as its capabilities go. */
export interface Capable {
  settings: unknown;
  channel: { capabilities(settings: unknown, facts?: ConversationFacts): Capabilities };
}

/** Asks the channel what the account can do where these facts are known; without facts: what it can do in any conversation. */
export function capabilitiesOf({ channel, settings }: Capable, facts?: ConversationFacts): Capabilities {
  return channel.capabilities(settings, facts);
}

/** Tells whether messages can be written there: where a channel writes in threads only, what is known of a person in none, such as a block, is no place. */
export function isPlace(account: Capable, { thread }: { thread: string }): boolean {
  return thread !== '' || capabilitiesOf(account).threads !== 'required';
}
