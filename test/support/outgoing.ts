/** A message as a channel gets it: said by a program in an open session, unless the test says otherwise. */
import type { OutgoingMessage } from '../../service/src/channels/channel.ts';

export function outgoing(
  message: Pick<OutgoingMessage, 'id' | 'to' | 'content'> & Partial<OutgoingMessage>,
): OutgoingMessage {
  const webhookUrl = 'https://parley.example.com/webhooks/channel/endpoint';
  return { thread: '', author: { type: 'bot' }, session: 'open', options: {}, webhookUrl, ...message };
}
