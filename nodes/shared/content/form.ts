import { compact } from '../parameters.ts';
import { headerFields, headerOf } from './header.ts';
import type { ContentKind } from './kind.ts';
import { footerField, textField } from './text.ts';

export const form: ContentKind = {
  type: 'form',
  name: 'Form',
  description: 'A form that opens inside the chat (a WhatsApp Flow)',
  fields: [
    textField,
    {
      displayName: 'Form ID',
      name: 'formId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. 1122334455667788',
      description: 'The ID of the form (Flow) at the provider',
    },
    {
      displayName: 'Button Title',
      name: 'formButton',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. Book Now',
      description: 'The button that opens the form',
    },
    {
      displayName: 'First Screen',
      name: 'screen',
      type: 'string',
      default: '',
      placeholder: 'e.g. WELCOME',
      description: "The screen to open with. Empty: the form's own endpoint decides.",
    },
    {
      displayName: 'Screen Data',
      name: 'formData',
      type: 'json',
      default: '{}',
      description: 'Values for the first screen',
    },
    {
      displayName: 'Reference',
      name: 'formReference',
      type: 'string',
      default: '',
      placeholder: 'e.g. order-77',
      description: 'Comes back with the answers, to recognise them by (the flow token)',
    },
    {
      displayName: 'Draft',
      name: 'draft',
      type: 'boolean',
      default: false,
      description: 'Whether to send the form while it is still a draft, to test it',
    },
    ...headerFields,
    footerField,
  ],
  build: async (parameters, files) => {
    const data = parameters.object('formData', 'Screen Data');
    return compact({
      type: 'form' as const,
      text: parameters.required('text', 'Text'),
      header: await headerOf(parameters, files),
      footer: parameters.optional('footer'),
      formId: parameters.required('formId', 'Form ID'),
      buttonTitle: parameters.required('formButton', 'Button Title'),
      token: parameters.optional('formReference'),
      screen: parameters.optional('screen'),
      data: data !== undefined && Object.keys(data).length > 0 ? data : undefined,
      draft: parameters.flag('draft') || undefined,
    });
  },
};
