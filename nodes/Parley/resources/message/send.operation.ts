import type { IExecuteFunctions } from 'n8n-workflow';
import { contentFields, kindOf, limitNotices } from '../../../shared/content/kind.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { PORTABLE_KINDS } from '../../content.ts';
import { chosenAccount, recipientFields, recipientFiles } from '../../recipient.ts';
import { degradeField, sendFields, sendItem } from './sending.ts';

/** A form that the channels do not have alike cannot be mended by its fields. */
const NOTICES = limitNotices({
  carousel:
    "Messenger and Instagram have such cards; elsewhere they go out as a text when 'If the Channel Lacks It' allows it. WhatsApp's own carousel is in the WhatsApp Business node.",
  list: "Several picks and pictures are for apps that draw them; elsewhere several are picked by their numbers in a text when 'If the Channel Lacks It' allows it.",
  contacts: "WhatsApp has contact cards; elsewhere they go out as a text when 'If the Channel Lacks It' allows it.",
});

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const kind = kindOf(PORTABLE_KINDS, parameters);
  const account = await chosenAccount(context, parameters, itemIndex);
  const content = await kind.build(parameters, recipientFiles(context, parameters, account, itemIndex));
  return [{ json: await sendItem(context, itemIndex, account, content) }];
}

export const sendOperation: Operation = {
  value: 'send',
  name: 'Send',
  action: 'Send a message',
  description: 'Send text, files, buttons, lists and more, on whichever channel the contact is',
  fields: [...recipientFields, ...contentFields(PORTABLE_KINDS, NOTICES), degradeField, ...sendFields],
  run,
};
