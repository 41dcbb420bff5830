import type { IExecuteFunctions } from 'n8n-workflow';
import { contentFields, kindOf } from '../../../shared/content/kind.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { PORTABLE_KINDS } from '../../content.ts';
import { chosenAccount, recipientFields, recipientFiles } from '../../recipient.ts';
import { degradeField, sendFields, sendItem } from './sending.ts';

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
  fields: [...recipientFields, ...contentFields(PORTABLE_KINDS), degradeField, ...sendFields],
  run,
};
