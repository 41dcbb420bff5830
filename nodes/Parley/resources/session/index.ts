import type { Permission } from '../../../../contract/api.ts';
import { itemParameters } from '../../../shared/operation.ts';
import { sessionResourceOf } from '../../../shared/operations/session.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { PORTABLE_KINDS } from '../../content.ts';
import { conversationField, conversationId } from '../../conversations.ts';

export const sessionResource = sessionResourceOf({
  kinds: PORTABLE_KINDS,
  templates: true,
  people: true,
  fields: [conversationField],
  ask: async (context, itemIndex, question) => {
    const query = { conversationId: conversationId(itemParameters(context, itemIndex)), ...question };
    return await parleyRequest<Permission>(context, { method: 'GET', path: '/v1/permission', query, itemIndex });
  },
});
