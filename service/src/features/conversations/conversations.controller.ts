import { Body, Controller, Get, Headers, Inject, Param, Patch, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { ConversationView, Page } from '../../../../contract/api.ts';
import { Conversations } from './conversations.ts';
import { ParleyError } from '../../core/errors.ts';
import { Describe } from '../../platform/openapi.ts';
import { ZodPipe } from '../../platform/zod.pipe.ts';
import { changeConversation, conversationsQuery } from './conversations.schema.ts';

/** Shows whom the accounts talk with. */
@Controller('v1/conversations')
export class ConversationsController {
  readonly #conversations: Conversations;

  constructor(@Inject(Conversations) conversations: Conversations) {
    this.#conversations = conversations;
  }

  @Describe({
    summary: 'List conversations, the one last heard from first',
    description: 'Those in which the contact never wrote come last.',
    query: conversationsQuery,
    problems: [404, 409],
  })
  @Get()
  list(
    @Query(new ZodPipe(conversationsQuery)) query: z.output<typeof conversationsQuery>,
  ): Promise<Page<ConversationView>> {
    const { limit, after, open, ...filter } = query;
    return this.#conversations.list({ ...filter, open: open && open === 'true' }, limit, after);
  }

  @Describe({
    summary: 'Get a conversation',
    description: 'The header ETag holds its `version`, which grows with each change of the owner.',
    problems: [404],
  })
  @Get(':id')
  async get(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<ConversationView> {
    return tagged(reply, await this.#conversations.get(id));
  }

  @Describe({
    summary: 'Say who answers the contact',
    description:
      "While it is 'human', programs' sends are refused and triggers stay silent unless they ask otherwise. Told as conversation.control.",
    body: changeConversation,
    headers: { 'If-Match': 'The ETag of the conversation as you read it: refused when its owner changed since' },
    problems: [404, 412],
  })
  @Patch(':id')
  async change(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body(new ZodPipe(changeConversation)) { owner }: z.output<typeof changeConversation>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConversationView> {
    return tagged(reply, await this.#conversations.setOwner(id, owner, seenBy(ifMatch)));
  }
}

function tagged(reply: FastifyReply, view: ConversationView): ConversationView {
  reply.header('etag', `"${view.version}"`);
  return view;
}

/** Matches what RFC 9110 (8.8.3, 13.1.1) takes: any state, or a list of tags, of which weak ones prove nothing. */
const IF_MATCH = /^\s*(\*|(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*)\s*$/;

/** Reads which versions the caller of a change knows; without the header: any. Throws `invalid_request`. */
function seenBy(header: string | undefined): (version: number) => boolean {
  if (header === undefined) return () => true;
  if (!IF_MATCH.test(header)) {
    const errors = [{ field: 'If-Match', message: 'Must be the ETag of the conversation, with its quotes, like "3"' }];
    throw new ParleyError(400, 'invalid_request', 'Not valid: If-Match.', { errors });
  }
  if (header.trim() === '*') return () => true;
  const tags = header.split(',').map((tag) => tag.trim());
  return (version) => tags.includes(`"${version}"`);
}
