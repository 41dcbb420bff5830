/** Sends and read marks: `POST /messages`, with Meta's bodies. */
import type { OutgoingMessage, PresencePower, SendReceipt } from '../channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { readMark, sendMessage } from '../protocols/whatsapp/send.ts';
import { dialog360Call, messagesPath } from './client.ts';
import type { Dialog360Settings } from './settings.ts';

export async function send(
  message: OutgoingMessage,
  settings: Dialog360Settings,
  io: ConnectorIo,
): Promise<SendReceipt> {
  const path = messagesPath(settings);
  return await sendMessage(message, (call) => dialog360Call({ method: 'POST', path, ...call }, settings, io));
}

export const presence: PresencePower<Dialog360Settings> = {
  async markRead({ providerMessageId }, typing, settings, io) {
    const call = { method: 'POST', path: messagesPath(settings), json: readMark(providerMessageId, typing) } as const;
    await dialog360Call(call, settings, io);
  },
};
