import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Template } from '../../../../contract/api.ts';
import { simplifyField } from '../../../shared/descriptions.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { findTemplate, templateField } from '../../../shared/templates.ts';
import { whatsAppAccount } from '../../account.ts';

function bodyText(template: Template): string | null {
  const text = template.components.find((component) => component['type'] === 'BODY')?.['text'];
  return typeof text === 'string' ? text : null;
}

/** A template as an item: the whole of it, or what one looks for. */
export function templateOutput(template: Template, simplify: boolean): IDataObject {
  if (!simplify) return { ...template } as unknown as IDataObject;
  const { id, name, language, status, category, quality, rejectedReason, variables } = template;
  return {
    id,
    name,
    language,
    status,
    category,
    quality: quality ?? null,
    rejectedReason: rejectedReason ?? null,
    body: bodyText(template),
    variables: variables.map(({ key }) => key),
  };
}

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await whatsAppAccount(context);
  const parameters = itemParameters(context, itemIndex);
  const template = await findTemplate(context, account, parameters.group('template'), itemIndex);
  return [{ json: templateOutput(template, parameters.flag('simplify')) }];
}

export const getOperation: Operation = {
  value: 'get',
  name: 'Get',
  action: 'Get a template',
  description: 'Get one template with its status and its variables',
  fields: [templateField('template', 'searchTemplates'), simplifyField],
  run,
};
