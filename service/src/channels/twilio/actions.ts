/** What only Twilio has, called by name. */
import { z } from 'zod';
import { SendError } from '../../core/errors.ts';
import type { ChannelAction } from '../channel.ts';
import { textOf } from '../kit/json.ts';
import type { Line } from './addresses.ts';
import { accountPath, twilio } from './call.ts';
import type { TwilioSettings } from './settings.ts';

const linkInput = z.strictObject({ text: z.string().max(1600).optional() });

/** `sms:` for phones, `wa.me` for WhatsApp; the text stands ready in the person's input field. */
function linkOf(line: Line, from: string, text: string | undefined): string {
  const said = text ? encodeURIComponent(text) : undefined;
  if (line === 'sms') return `sms:${from}${said === undefined ? '' : `?&body=${said}`}`;
  return `https://wa.me/${from.slice(1)}${said === undefined ? '' : `?text=${said}`}`;
}

function linkMake(line: Line): ChannelAction<TwilioSettings> {
  return {
    input: linkInput,
    changes: false,
    async run(input, { from }) {
      if (from === undefined || !/^\+?\d+$/.test(from)) {
        const has = from === undefined ? 'a Messaging Service only' : 'a name, which nobody can write to';
        throw new SendError('invalid', `A link needs a number to write to, and this account has ${has}.`);
      }
      return { url: linkOf(line, from, textOf(input['text'])) };
    },
  };
}

const cancelInput = z.strictObject({
  messageId: z.string().regex(/^(SM|MM)[0-9a-fA-F]{32}$/, 'must be the SID of a message: SM or MM and 32 hex digits'),
});

/** Only a message that is still scheduled can be cancelled; its status webhook then ends it as failed. */
const messageCancel: ChannelAction<TwilioSettings> = {
  input: cancelInput,
  changes: true,
  async run(input, settings, io) {
    const path = accountPath(settings, `/Messages/${String(input['messageId'])}.json`);
    const form: [string, string][] = [['Status', 'canceled']];
    const answer = await twilio({ method: 'POST', path, form, repeatable: true }, settings, io);
    return { status: textOf(answer.status) ?? 'canceled' };
  },
};

export function actionsOn(line: Line): Readonly<Record<string, ChannelAction<TwilioSettings>>> {
  return { 'link.make': linkMake(line), 'message.cancel': messageCancel };
}
