import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { CreatedSubscription, Subscription } from '../../../contract/api.ts';
import { Subscriptions } from '../events/subscriptions.ts';
import { Describe } from '../platform/openapi.ts';
import { ZodPipe } from '../platform/zod.pipe.ts';
import { createSubscription, removeSubscriptionQuery } from './schemas.ts';

/** Workflows' wishes for events. */
@Controller('v1/subscriptions')
export class SubscriptionsController {
  readonly #subscriptions: Subscriptions;

  constructor(@Inject(Subscriptions) subscriptions: Subscriptions) {
    this.#subscriptions = subscriptions;
  }

  @Describe({
    summary: 'Subscribe to events',
    description: 'Events are POSTed to the URL, signed as Standard Webhooks. The secret is told once.',
    body: createSubscription,
    answer: { status: 201, description: 'Subscribed' },
    problems: [409],
  })
  @Post()
  create(
    @Body(new ZodPipe(createSubscription)) body: z.output<typeof createSubscription>,
  ): Promise<CreatedSubscription> {
    return this.#subscriptions.create(body);
  }

  @Describe({ summary: 'List subscriptions' })
  @Get()
  async list(): Promise<{ data: Subscription[] }> {
    return { data: await this.#subscriptions.list() };
  }

  @Describe({ summary: 'Get a subscription', problems: [404] })
  @Get(':id')
  get(@Param('id') id: string): Promise<Subscription> {
    return this.#subscriptions.get(id);
  }

  @Describe({
    summary: 'End a subscription',
    description:
      'With handOver, events of the next minute go to a new subscription with the same URL and account, if one is made.',
    query: removeSubscriptionQuery,
    problems: [404],
  })
  @Delete(':id')
  async remove(
    @Param('id') id: string,
    @Query(new ZodPipe(removeSubscriptionQuery)) query: z.output<typeof removeSubscriptionQuery>,
  ): Promise<{ deleted: true }> {
    await this.#subscriptions.remove(id, query.handOver === 'true');
    return { deleted: true };
  }
}
