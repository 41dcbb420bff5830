import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Permission } from '../../../../contract/api.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { accountRequest } from '../../../shared/transport.ts';
import { whatsAppAccount } from '../../account.ts';
import { WHATSAPP_KINDS } from '../../content.ts';

const KIND_OPTIONS = [
  ...WHATSAPP_KINDS.map(({ name, type }) => ({ name, value: type })),
  { name: 'Template', value: 'template' },
];

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
    freeUntil: session.freeUntil ?? null,
    conversationId: permission.conversationId ?? null,
    contactId: contact?.id ?? null,
    contactName: contact?.name ?? null,
  };
}

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await whatsAppAccount(context);
  const parameters = itemParameters(context, itemIndex);
  const query = { to: parameters.required('to', 'Contact').trim(), kind: parameters.required('kind', 'Content Type') };
  const request = { method: 'GET', path: '/v1/permission', query, itemIndex } as const;
  return [{ json: flatPermission(await accountRequest<Permission>(context, account, request)) }];
}

export const getOperation: Operation = {
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
      placeholder: 'e.g. +15550001111',
      description: "The phone number with its country code, or the value of 'from' of a trigger",
    },
    {
      displayName: 'Content Type',
      name: 'kind',
      type: 'options',
      options: [...KIND_OPTIONS].sort((a, b) => a.name.localeCompare(b.name)),
      default: 'text',
      description: 'What you would like to send; a template may be sent when the session is closed',
    },
  ],
  run,
};
