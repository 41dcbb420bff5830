import type { INodeProperties } from 'n8n-workflow';
import { accountAction } from '../actions.ts';
import { itemParameters, type Operation, type Resource } from '../operation.ts';
import { compact } from '../parameters.ts';
import type { AccountGetter } from '../account-getter.ts';

/** What a channel's links can do. */
export interface LinkForm {
  account: AccountGetter;
  /** Where they lead, e.g. 'm.me'. */
  host: string;
  /** They can hold a reference that comes back. Default true. */
  reference?: boolean;
  /** They can hold a text that the person only has to send. */
  text: boolean;
}

const referenceField: INodeProperties = {
  displayName: 'Reference',
  name: 'reference',
  type: 'string',
  default: '',
  placeholder: 'e.g. summer-flyer',
  description:
    "What comes back as 'reference' when somebody comes by the link: letters, digits, hyphen, underscore and equals sign",
};

const textField: INodeProperties = {
  displayName: 'Text',
  name: 'text',
  type: 'string',
  default: '',
  placeholder: 'e.g. Hello, I saw your flyer',
  description: 'What stands ready in the chat; the person only has to send it',
};

function createOperation({ account: accountOf, host, reference = true, text }: LinkForm): Operation {
  return {
    value: 'create',
    name: 'Create',
    action: 'Create a link',
    description: `Make a link (${host}) that opens the chat with you, for a page, an email or a QR code`,
    fields: [...(reference ? [referenceField] : []), ...(text ? [textField] : [])],
    run: async (context, itemIndex) => {
      const account = await accountOf(context);
      const parameters = itemParameters(context, itemIndex);
      const input = compact({
        reference: parameters.optional('reference')?.trim(),
        text: text ? parameters.optional('text') : undefined,
      });
      const { url } = await accountAction<{ url: string }>(context, account, itemIndex, 'link.make', input);
      return [{ json: { url, ...input } }];
    },
  };
}

/** 'Link: Create'. */
export function linkResource(form: LinkForm): Resource {
  const create = createOperation(form);
  return { value: 'link', name: 'Link', operations: [create], defaultOperation: create.value };
}
