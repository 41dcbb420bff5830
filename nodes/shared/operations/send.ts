import type { IExecuteFunctions } from 'n8n-workflow';
import { itemFiles } from '../binary.ts';
import { contentFields, kindOf } from '../content/kind.ts';
import { recipientFields, sendOptionsField } from '../descriptions.ts';
import { itemParameters, type Operation, type Output } from '../operation.ts';
import { expiryOf, offeredOptions, send, sendMessage, sentOutput } from '../sending.ts';
import { ifSessionClosedOf, sessionClosedFields } from '../session-closed.ts';
import type { ChannelForm } from './channel-form.ts';

async function sendItem(form: ChannelForm, context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await form.account(context);
  const parameters = itemParameters(context, itemIndex);
  const files = itemFiles(context, account, itemIndex);
  const content = await kindOf(form.kinds, parameters).build(parameters, files);
  const ifSessionClosed = await ifSessionClosedOf(context, account, parameters, files, itemIndex);
  const options = parameters.group('options');
  const message = sendMessage(account, parameters, content, {
    ifSessionClosed,
    expiresAt: expiryOf(context, parameters),
    ...(form.degrades && { degrade: true }),
    ...offeredOptions(options, form, context.getTimezone()),
  });
  const accepted = await send(context, account, itemIndex, message, options.optional('idempotencyKey'));
  return [{ json: sentOutput(accepted, message) }];
}

/** 'Send': content of any kind that the channel has. */
export function sendOperation(form: ChannelForm): Operation {
  return {
    value: 'send',
    name: 'Send',
    action: 'Send a message',
    description: form.sendDescription,
    fields: [
      ...recipientFields(form.recipient),
      ...contentFields(form.kinds, form.notices),
      ...sessionClosedFields(form.templates),
      sendOptionsField(form),
    ],
    run: async (context, itemIndex) => await sendItem(form, context, itemIndex),
  };
}
