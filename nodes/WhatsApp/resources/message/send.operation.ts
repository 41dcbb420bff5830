import type { IExecuteFunctions } from 'n8n-workflow';
import { itemFiles } from '../../../shared/binary.ts';
import { contentFields, KIND_PARAMETER } from '../../../shared/content/kind.ts';
import { recipientFields, sendOptionsField } from '../../../shared/descriptions.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { ParameterError, type Parameters } from '../../../shared/parameters.ts';
import { expiryOf, send, sendMessage, sentOutput } from '../../../shared/sending.ts';
import { ifSessionClosedOf, sessionClosedFields } from '../../../shared/session-closed.ts';
import { whatsAppAccount } from '../../account.ts';
import { limitNotices, WHATSAPP_KINDS } from '../../content.ts';

function kindOf(parameters: Parameters) {
  const type = parameters.text(KIND_PARAMETER);
  const kind = WHATSAPP_KINDS.find((each) => each.type === type);
  if (kind) return kind;
  throw new ParameterError(`There is no content type '${type}'`, "Choose one in 'Content Type'.");
}

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await whatsAppAccount(context);
  const parameters = itemParameters(context, itemIndex);
  const files = itemFiles(context, account, itemIndex);
  const content = await kindOf(parameters).build(parameters, files);
  const ifSessionClosed = await ifSessionClosedOf(context, account, parameters, files, itemIndex);
  const expiresAt = expiryOf(context, parameters);
  const message = sendMessage(account, parameters, content, { ifSessionClosed, expiresAt });
  const key = parameters.group('options').optional('idempotencyKey');
  const accepted = await send(context, account, itemIndex, message, key);
  return [{ json: sentOutput(accepted, message.to) }];
}

export const sendOperation: Operation = {
  value: 'send',
  name: 'Send',
  action: 'Send a message',
  description: 'Send text, files, buttons, lists and more to a contact who wrote in the last 24 hours',
  fields: [
    ...recipientFields,
    ...contentFields(WHATSAPP_KINDS, limitNotices),
    ...sessionClosedFields({ search: 'searchApprovedTemplates', variables: 'getFallbackVariables' }),
    sendOptionsField,
  ],
  run,
};
