import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Permission } from '../../../contract/api.ts';
import { showFor } from '../content/kind.ts';
import { purposeField, threadFields, writtenByPersonField } from '../descriptions.ts';
import { itemParameters, type Operation, type Resource } from '../operation.ts';
import { compact, type Parameters } from '../parameters.ts';
import { accountRequest } from '../transport.ts';
import type { ChannelForm } from './channel-form.ts';

/** A permission flat, so that an If node can ask `allowed` or `sessionOpen`. */
function flatPermission(permission: Permission): IDataObject {
  const { session, contact, reasons } = permission;
  return {
    allowed: permission.allowed,
    reason: reasons[0]?.detail ?? null,
    reasonCodes: reasons.map(({ code }) => code),
    reasons: reasons.map(({ code, detail }) => ({ code, detail })),
    sessionOpen: session.open,
    sessionExpiresAt: session.expiresAt ?? null,
    sessionOpenedBy: session.openedBy ?? null,
    ...compact({ sessionPersonUntil: session.personUntil, sessionClosedAt: session.closedAt }),
    freeUntil: session.freeUntil ?? null,
    conversationId: permission.conversationId ?? null,
    contactId: contact?.id ?? null,
    contactName: contact?.name ?? null,
  };
}

function kindField({ kinds, templates }: Pick<ChannelForm, 'kinds' | 'templates'>): INodeProperties {
  const options = kinds.map(({ name, type }) => ({ name, value: type }));
  if (templates) options.push({ name: 'Template', value: 'template' });
  return {
    displayName: 'Content Type',
    name: 'kind',
    type: 'options',
    options: options.sort((a, b) => a.name.localeCompare(b.name)),
    default: 'text',
    description: templates
      ? 'What you would like to send; a template may be sent when the session is closed'
      : 'What you would like to send',
  };
}

/** Whether the contact wants it depends on the template. */
const templateName: INodeProperties = {
  displayName: 'Template',
  name: 'askedTemplate',
  type: 'string',
  default: '',
  placeholder: 'e.g. order_confirmation/en_US',
  description:
    'The name, a slash and the language, or an ID: whoever wants no marketing gets other templates. Empty: any template.',
};

/** What would be sent, as the query of `GET /v1/permission` says it. */
export type SessionQuestion = {
  kind: string;
  author?: 'human';
  purpose?: 'campaign';
  template?: string;
  language?: string;
};

/** The template that is asked about: its name may hold no slash, its language none either. */
function askedTemplate(parameters: Parameters): Pick<SessionQuestion, 'template' | 'language'> {
  const asked = parameters.optional(templateName.name)?.trim();
  const [template = '', language] = asked?.split('/') ?? [];
  return template === '' ? {} : { template, ...(language !== undefined && { language }) };
}

/** How a node says with whom the session is, and asks the service about it. */
export interface SessionForm extends Pick<ChannelForm, 'kinds' | 'templates' | 'people'> {
  fields: readonly INodeProperties[];
  ask(context: IExecuteFunctions, itemIndex: number, question: SessionQuestion): Promise<Permission>;
}

/** 'Session: Get'. */
export function sessionResourceOf(form: SessionForm): Resource {
  const get: Operation = {
    value: 'get',
    name: 'Get',
    action: 'Get a session',
    description: 'Ask whether a message may be sent now, with the reasons and the end of the session',
    fields: [
      ...form.fields,
      kindField(form),
      ...(form.templates ? showFor([templateName], { kind: ['template'] }) : []),
      purposeField,
      ...(form.people ? [writtenByPersonField] : []),
    ],
    run: async (context, itemIndex) => {
      const parameters = itemParameters(context, itemIndex);
      const kind = parameters.required('kind', 'Content Type');
      const isPersons = form.people && parameters.flag(writtenByPersonField.name);
      const isCampaign = parameters.text(purposeField.name) === 'campaign';
      const question: SessionQuestion = {
        kind,
        ...(isPersons && { author: 'human' }),
        ...(isCampaign && { purpose: 'campaign' }),
        ...(kind === 'template' && askedTemplate(parameters)),
      };
      return [{ json: flatPermission(await form.ask(context, itemIndex, question)) }];
    },
  };
  return { value: 'session', name: 'Session', operations: [get], defaultOperation: get.value };
}

/** 'Session: Get' on one channel. */
export function sessionResource(form: ChannelForm): Resource {
  const field: INodeProperties = {
    displayName: 'Contact',
    name: 'to',
    type: 'string',
    default: '',
    required: true,
    placeholder: form.recipient.placeholder,
    description: form.recipient.description,
  };
  return sessionResourceOf({
    ...form,
    fields: [field, ...threadFields(form.recipient)],
    ask: async (context, itemIndex, question) => {
      const account = await form.account(context);
      const parameters = itemParameters(context, itemIndex);
      const to = parameters.required('to', 'Contact').trim();
      const query = { to, thread: parameters.optional('thread')?.trim(), ...question };
      return await accountRequest(context, account, { method: 'GET', path: '/v1/permission', query, itemIndex });
    },
  });
}
