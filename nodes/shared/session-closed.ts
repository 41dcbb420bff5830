/** What to do when the session is closed: fail, hold the message, or send a template instead. */
import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { IfSessionClosed } from '../../contract/api.ts';
import type { ChannelAccount } from './account.ts';
import { showFor, type Files } from './content/kind.ts';
import type { Parameters } from './parameters.ts';
import { templateContent } from './template-content.ts';
import { findTemplate, sendable, templateField, variablesField } from './templates.ts';

const CHOICES: INodePropertyOptions[] = [
  { name: 'Fail', value: 'fail', description: 'The node fails and says when the session closed' },
  { name: 'Hold Until the Contact Writes', value: 'hold', description: 'The message is kept and sent then' },
];
const TEMPLATE: INodePropertyOptions = {
  name: 'Send a Template Instead',
  value: 'template',
  description: 'An approved template goes out at once',
};

/** `templates`: whether the channel has any; the node then has `templateMethods`. */
export function sessionClosedFields(templates: boolean): INodeProperties[] {
  const choice: INodeProperties = {
    displayName: 'If Session Closed',
    name: 'ifSessionClosed',
    type: 'options',
    options: templates ? [...CHOICES, TEMPLATE] : CHOICES,
    default: 'fail',
    description: templates
      ? 'What to do when the contact has not written for so long that only templates may be sent'
      : 'What to do when the contact has not written for so long that nothing may be sent',
  };
  if (!templates) return [choice];
  const instead = [
    templateField('fallbackTemplate', 'searchApprovedTemplates', 'Template Instead'),
    variablesField('fallbackVariables', 'fallbackTemplate', 'getFallbackVariables'),
  ];
  return [choice, ...showFor(instead, { ifSessionClosed: ['template'] })];
}

export async function ifSessionClosedOf(
  context: IExecuteFunctions,
  account: ChannelAccount,
  parameters: Parameters,
  files: Files,
  itemIndex: number,
): Promise<IfSessionClosed | undefined> {
  const choice = parameters.text('ifSessionClosed');
  if (choice === 'hold') return 'hold';
  if (choice !== 'template') return undefined;
  const template = await findTemplate(context, account, parameters.group('fallbackTemplate'), itemIndex);
  const values = parameters.group('fallbackVariables').group('value');
  return { template: await templateContent(sendable(account, template), values, files) };
}
