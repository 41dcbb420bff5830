import type { IExecuteFunctions } from 'n8n-workflow';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { findTemplate, templateField } from '../../../shared/templates.ts';
import { accountRequest } from '../../../shared/transport.ts';
import { whatsAppAccount } from '../../account.ts';
import { providerNotice } from '../../connect-through.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await whatsAppAccount(context);
  const parameters = itemParameters(context, itemIndex);
  const { name, id } = await findTemplate(context, account, parameters.group('template'), itemIndex);
  const query = parameters.flag('allLanguages') ? { name } : { name, id };
  await accountRequest(context, account, { method: 'DELETE', path: '/v1/templates', query, itemIndex });
  return [{ json: { deleted: true } }];
}

export const deleteOperation: Operation = {
  value: 'delete',
  name: 'Delete',
  action: 'Delete a template',
  description: 'Delete a template in one language or in all of them',
  fields: [
    providerNotice(
      'dialog360',
      'dialog360DeleteNotice',
      "360dialog deletes all languages of a template at once: switch on 'All Languages' where there are several.",
    ),
    templateField('template', 'searchTemplates'),
    {
      displayName: 'All Languages',
      name: 'allLanguages',
      type: 'boolean',
      default: false,
      description: 'Whether to delete every language of the template. Its name cannot be used again for 30 days.',
    },
  ],
  run,
};
