/** One message, one message request. Never repeats: Twilio has no idempotency key. */
import type { OutboundContent } from '../../../../contract/message.ts';
import { SendError } from '../../core/errors.ts';
import type { OutgoingMessage, PresencePower, SendReceipt } from '../channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { stringsIn } from '../kit/scrub.ts';
import type { Line } from './addresses.ts';
import { accountPath, twilio } from './call.ts';
import { contentFor, templateSid } from './contents.ts';
import { checkSchedule, type SmsOptions } from './options.ts';
import { listedMessage } from './payloads.ts';
import { render, shapeOf } from './render.ts';
import type { TwilioSettings } from './settings.ts';

/** Names that an error has to be able to name; everything else that was written stays out of it. */
const NAMES = new Set(['type', 'language', 'ContentSid']);

function writtenIn(content: OutboundContent): string[] {
  return stringsIn(content.type === 'template' ? { ...content, name: '' } : content, NAMES);
}

/** What is wrong with a Messaging Service: of one that was named for this message, it is no concern of others. */
const SERVICE_CODES = new Set(['21703', '21704', '21705']);

function narrowed(error: unknown, options: SmsOptions): unknown {
  if (!(error instanceof SendError) || options.messagingServiceSid === undefined) return error;
  if (!SERVICE_CODES.has(error.details.providerCode ?? '')) return error;
  return new SendError(error.kind, error.message, { ...error.details, scope: 'message' });
}

/** What has to be known of a stored content first; nothing is sent by it. */
async function storedFor(
  content: OutboundContent,
  settings: TwilioSettings,
  io: ConnectorIo,
): Promise<string | undefined> {
  if (content.type === 'template') return templateSid(content, settings, io);
  const shape = shapeOf(content);
  return shape && contentFor(shape, settings, io);
}

export function sendOn(line: Line) {
  return async (message: OutgoingMessage, settings: TwilioSettings, io: ConnectorIo): Promise<SendReceipt> => {
    const options = message.options as SmsOptions;
    checkSchedule(options, settings, io.clock.now());
    const contentSid = await storedFor(message.content, settings, io);
    const answer = await twilio(
      {
        method: 'POST',
        path: accountPath(settings, '/Messages.json'),
        form: render(line, message, settings, contentSid),
        said: writtenIn(message.content),
      },
      settings,
      io,
    ).catch((error: unknown) => {
      throw narrowed(error, options);
    });
    const sid = listedMessage(answer)?.sid;
    if (sid === undefined) {
      throw new SendError('uncertain', 'Twilio accepted the request, but its answer names no message.');
    }
    return { providerMessageId: sid };
  };
}

/** Twilio has one call for both: the typing indicator marks the message as read, and goes away after 25 s or with the answer. */
export const presence: PresencePower<TwilioSettings> = {
  async markRead({ providerMessageId }, _typing, settings, io) {
    const form: [string, string][] = [
      ['channel', 'whatsapp'],
      ['messageId', providerMessageId],
    ];
    const path = '/v2/Indicators/Typing.json';
    await twilio({ host: 'messaging', method: 'POST', path, form, repeatable: true }, settings, io);
  },
};
