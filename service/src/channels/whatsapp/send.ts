/** Sends and read marks: `POST /{phoneNumberId}/messages`. */
import type { OutgoingMessage, PresencePower, SendReceipt } from '../channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { readMark, sendMessage } from '../protocols/whatsapp/send.ts';
import { graph } from './graph.ts';
import type { WhatsAppSettings } from './settings.ts';

export async function send(
  message: OutgoingMessage,
  settings: WhatsAppSettings,
  io: ConnectorIo,
): Promise<SendReceipt> {
  const path = `${settings.phoneNumberId}/messages`;
  return await sendMessage(message, (call) => graph({ method: 'POST', path, ...call }, settings, io));
}

export const presence: PresencePower<WhatsAppSettings> = {
  async markRead({ providerMessageId }, typing, settings, io) {
    const json = readMark(providerMessageId, typing);
    await graph({ method: 'POST', path: `${settings.phoneNumberId}/messages`, json }, settings, io);
  },
};
