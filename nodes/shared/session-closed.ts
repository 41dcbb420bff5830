/** What to do when the session is closed: fail, hold the message, or send a template instead. */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { IfSessionClosed } from '../../contract/api.ts';
import type { ChannelAccount } from './account.ts';
import { showFor, type Files } from './content/kind.ts';
import type { Parameters } from './parameters.ts';
import { templateContent } from './template-content.ts';
import { findTemplate, templateField, variablesField } from './templates.ts';

/** `methods` name the node's list search and resource mapper. */
export function sessionClosedFields(methods: { search: string; variables: string }): INodeProperties[] {
  const instead = [
    templateField('fallbackTemplate', methods.search, 'Template Instead'),
    variablesField('fallbackVariables', 'fallbackTemplate', methods.variables),
  ];
  return [
    {
      displayName: 'If Session Closed',
      name: 'ifSessionClosed',
      type: 'options',
      options: [
        { name: 'Fail', value: 'fail', description: 'The node fails and says when the session closed' },
        { name: 'Hold Until the Contact Writes', value: 'hold', description: 'The message is kept and sent then' },
        { name: 'Send a Template Instead', value: 'template', description: 'An approved template goes out at once' },
      ],
      default: 'fail',
      description: 'What to do when the contact has not written for so long that only templates may be sent',
    },
    ...showFor(instead, { ifSessionClosed: ['template'] }),
  ];
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
  return { template: await templateContent(template, values, files) };
}
