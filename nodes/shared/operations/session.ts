import type { IDataObject, INodeProperties } from 'n8n-workflow';
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

function kindField({ kinds, templates }: ChannelForm): INodeProperties {
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

function getOperation(form: ChannelForm): Operation {
  return {
    value: 'get',
    name: 'Get',
    action: 'Get a session',
    description: 'Ask whether a message may be sent now, with the reasons and the end of the session',
    fields: [
      {
        displayName: 'Contact',
        name: 'to',
        type: 'string',
        default: '',
        required: true,
        placeholder: form.recipient.placeholder,
        description: form.recipient.description,
      },
      kindField(form),
    ],
    run: async (context, itemIndex) => {
      const account = await form.account(context);
      const parameters = itemParameters(context, itemIndex);
      const to = parameters.required('to', 'Contact').trim();
      const query = { to, kind: parameters.required('kind', 'Content Type') };
      const request = { method: 'GET', path: '/v1/permission', query, itemIndex } as const;
      return [{ json: flatPermission(await accountRequest<Permission>(context, account, request)) }];
    },
  };
}

/** 'Session: Get'. */
export function sessionResource(form: ChannelForm): Resource {
  const get = getOperation(form);
  return { value: 'session', name: 'Session', operations: [get], defaultOperation: get.value };
}
