import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Permission } from '../../../contract/api.ts';
import { itemParameters, type Operation, type Resource } from '../operation.ts';
import { accountRequest } from '../transport.ts';
import type { ChannelForm } from './channel-form.ts';

/** A permission flat, so that an If node can ask `allowed` or `sessionOpen`. */
export function flatPermission(permission: Permission): IDataObject {
  const { session, contact, reasons } = permission;
  return {
    allowed: permission.allowed,
    reason: reasons[0]?.detail ?? null,
    reasonCodes: reasons.map(({ code }) => code),
    reasons: reasons.map(({ code, detail }) => ({ code, detail })),
    sessionOpen: session.open,
    sessionExpiresAt: session.expiresAt ?? null,
    sessionOpenedBy: session.openedBy ?? null,
    ...(session.personUntil === undefined ? {} : { sessionPersonUntil: session.personUntil }),
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

/** How a node says with whom the session is, and asks the service about it. */
export interface SessionForm extends Pick<ChannelForm, 'kinds' | 'templates'> {
  field: INodeProperties;
  /** `kind` goes into the query of `GET /v1/permission`. */
  ask(context: IExecuteFunctions, itemIndex: number, kind: string): Promise<Permission>;
}

/** 'Session: Get'. */
export function sessionResourceOf(form: SessionForm): Resource {
  const get: Operation = {
    value: 'get',
    name: 'Get',
    action: 'Get a session',
    description: 'Ask whether a message may be sent now, with the reasons and the end of the session',
    fields: [form.field, kindField(form)],
    run: async (context, itemIndex) => {
      const kind = itemParameters(context, itemIndex).required('kind', 'Content Type');
      return [{ json: flatPermission(await form.ask(context, itemIndex, kind)) }];
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
    field,
    ask: async (context, itemIndex, kind) => {
      const account = await form.account(context);
      const query = { to: itemParameters(context, itemIndex).required('to', 'Contact').trim(), kind };
      return await accountRequest(context, account, { method: 'GET', path: '/v1/permission', query, itemIndex });
    },
  });
}
