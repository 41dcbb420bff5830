/** Conversations of every channel: naming one, and one as an item. */
import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { ConversationView } from '../../contract/api.ts';
import { compact, type Parameters } from '../shared/parameters.ts';
import { sessionFields } from '../shared/simplify.ts';

export const conversationField: INodeProperties = {
  displayName: 'Conversation ID',
  name: 'conversationId',
  type: 'string',
  default: '={{ $json.conversationId }}',
  required: true,
  placeholder: 'e.g. cnv_01kb2m3n4p5q6r7s8t9v0w1x2y',
  description: "The value of 'conversationId' of a trigger",
};

/** What `conversationField` names. Throws when it is empty. */
export function conversationId(parameters: Parameters): string {
  return parameters.required('conversationId', 'Conversation ID').trim();
}

export const conversationPath = (id: string) => `/v1/conversations/${encodeURIComponent(id)}`;

/** The whole of it, or flat with the names that a trigger's items have. Pure. */
export function conversationOutput(view: ConversationView, simplify: boolean): IDataObject {
  if (!simplify) return { ...view };
  const { account, contact, session } = view;
  const { identities } = contact;
  return compact({
    conversationId: view.id,
    from: (identities.find(({ kind }) => kind === 'phone') ?? identities[0])?.address,
    name: contact.name,
    username: contact.username,
    contactId: contact.id,
    channel: view.channel,
    account: account.externalId,
    accountName: account.name,
    thread: view.thread,
    attributes: view.attributes,
    owner: view.owner,
    version: view.version,
    ...sessionFields(session),
    heardAt: view.heardAt,
    createdAt: view.createdAt,
  });
}
