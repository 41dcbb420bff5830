import { Body, Controller, Get, Inject, Param, Patch, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import type { ConversationView, Page } from '../../../../contract/api.ts';
import { Conversations } from './conversations.ts';
import { ApiKeyGuard } from '../../platform/api-keys.ts';
import { Describe } from '../../platform/openapi.ts';
import { ZodPipe } from '../../platform/zod.pipe.ts';
import { changeConversation, conversationsQuery } from '../../api/schemas.ts';

/** Whom the accounts talk with. */
@Controller('v1/conversations')
@UseGuards(ApiKeyGuard)
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

  @Describe({ summary: 'Get a conversation', problems: [404] })
  @Get(':id')
  get(@Param('id') id: string): Promise<ConversationView> {
    return this.#conversations.get(id);
  }

  @Describe({
    summary: 'Say who answers the contact',
    description:
      "While it is 'human', programs' sends are refused and triggers stay silent unless they ask otherwise. Told as conversation.control.",
    body: changeConversation,
    problems: [404],
  })
  @Patch(':id')
  change(
    @Param('id') id: string,
    @Body(new ZodPipe(changeConversation)) { owner }: z.output<typeof changeConversation>,
  ): Promise<ConversationView> {
    return this.#conversations.setOwner(id, owner);
  }
}
