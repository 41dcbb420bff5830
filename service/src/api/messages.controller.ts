import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { MessageView, Page, Permission, SendAccepted } from '../../../contract/api.ts';
import { Admission } from '../outbound/admit.ts';
import { Messages } from '../outbound/messages.ts';
import { Describe } from '../platform/openapi.ts';
import { ZodPipe } from '../platform/zod.pipe.ts';
import { markRead, messagesQuery, permissionQuery, sendHeaders, sendMessage } from './schemas.ts';

/** Sends, and what became of them. */
@Controller('v1')
export class MessagesController {
  readonly #admission: Admission;
  readonly #messages: Messages;

  constructor(@Inject(Admission) admission: Admission, @Inject(Messages) messages: Messages) {
    this.#admission = admission;
    this.#messages = messages;
  }

  @Describe({
    summary: 'Send a message',
    description: 'Answered when the message is stored; it is sent once, however often the request is repeated.',
    body: sendMessage,
    headers: { 'Idempotency-Key': 'The same for each try of this message, up to 255 characters' },
    answer: { status: 202, description: 'Stored and queued (or held)' },
    problems: [404, 409],
  })
  @Post('messages')
  @HttpCode(202)
  send(
    @Headers('idempotency-key') key: string | undefined,
    @Body(new ZodPipe(sendMessage)) body: z.output<typeof sendMessage>,
  ): Promise<SendAccepted> {
    const headers = new ZodPipe(sendHeaders).transform({ 'Idempotency-Key': key });
    return this.#admission.admit(body, headers['Idempotency-Key']);
  }

  @Describe({ summary: 'Mark a message as read', body: markRead, problems: [404, 409, 422, 429, 502] })
  @Post('messages/read')
  @HttpCode(200)
  async markRead(@Body(new ZodPipe(markRead)) body: z.output<typeof markRead>): Promise<{ read: true }> {
    await this.#messages.markRead(body);
    return { read: true };
  }

  @Describe({ summary: 'Get a message with its attempts', problems: [404] })
  @Get('messages/:id')
  get(@Param('id') id: string): Promise<MessageView> {
    return this.#messages.get(id);
  }

  @Describe({ summary: 'List the messages of a conversation, newest first', query: messagesQuery, problems: [404] })
  @Get('conversations/:id/messages')
  ofConversation(
    @Param('id') id: string,
    @Query(new ZodPipe(messagesQuery)) query: z.output<typeof messagesQuery>,
  ): Promise<Page<MessageView>> {
    return this.#messages.ofConversation(id, query.limit, query.after);
  }

  @Describe({
    summary: 'May I send this now?',
    description: 'Asked about an address of an account, or about a conversation.',
    query: permissionQuery,
    problems: [404, 409],
  })
  @Get('permission')
  permission(@Query(new ZodPipe(permissionQuery)) query: z.output<typeof permissionQuery>): Promise<Permission> {
    const { to, thread, conversationId = '', kind, author, purpose, template, language = '', ...ref } = query;
    const { channel, externalId, ...rest } = ref;
    const isNamed = channel !== undefined && externalId !== undefined;
    return this.#messages.permission({
      ...(isNamed && { account: { channel, externalId, ...rest } }),
      to: to ?? { conversationId },
      ...(thread !== undefined && { thread }),
      kind,
      author,
      purpose,
      ...(template !== undefined && { template: { name: template, language } }),
    });
  }
}
