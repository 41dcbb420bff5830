/** The HTTP side: controllers over the pipelines, with what they are given. */
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { BullModule } from '@nestjs/bull';
import { APP_FILTER } from '@nestjs/core';
import { Accounts } from './connectors/accounts.ts';
import { Limits } from './connectors/limits.ts';
import { Provisioning } from './connectors/provisioning.ts';
import { AccountsController } from './api/accounts.controller.ts';
import { ActionsController } from './api/actions.controller.ts';
import { ContactsController } from './api/contacts.controller.ts';
import { MessagesController } from './api/messages.controller.ts';
import { SubscriptionsController } from './api/subscriptions.controller.ts';
import { TemplatesController } from './api/templates.controller.ts';
import { CHANNEL_IO } from './api/tokens.ts';
import { Eraser } from './maintenance/erase.ts';
import { EventReplay } from './maintenance/replay-events.ts';
import { Directory } from './contacts/directory.ts';
import { Subscriptions } from './events/subscriptions.ts';
import { Admission } from './outbound/admit.ts';
import { NOTIFIER_QUEUE } from './outbox/notifier.ts';
import { Messages } from './outbound/messages.ts';
import type { Pipelines, World } from './kernel.ts';
import { Drain, HealthController, READINESS_CHECKS, type ReadinessCheck } from './platform/health.ts';
import { LOGGER } from './platform/logger.ts';
import { METRICS, MetricsController } from './platform/metrics.ts';
import { ProblemFilter } from './platform/problem.filter.ts';

/** What the module hands to its controllers. */
export interface AppParts {
  world: World;
  pipelines: Pipelines;
  drain: Drain;
  checks: readonly ReadinessCheck[];
  /** Where the notifier's queue is, if there is one. */
  redisUrl: string | undefined;
}

const API = [
  AccountsController,
  SubscriptionsController,
  MessagesController,
  ContactsController,
  TemplatesController,
  ActionsController,
];

@Module({})
export class AppModule {
  static with({ world, pipelines, drain, checks, redisUrl }: AppParts): DynamicModule {
    const given: [unknown, unknown][] = [
      [Accounts, pipelines.accounts],
      [Provisioning, pipelines.provisioning],
      [Limits, pipelines.limits],
      [Subscriptions, pipelines.subscriptions],
      [Admission, pipelines.admission],
      [Messages, pipelines.messages],
      [Eraser, pipelines.eraser],
      [Directory, pipelines.directory],
      [EventReplay, pipelines.eventReplay],
      [CHANNEL_IO, pipelines.io],
      [READINESS_CHECKS, checks],
      [Drain, drain],
      [LOGGER, world.logger],
      [METRICS, world.metrics],
    ];
    const { features } = pipelines;
    for (const service of features.flatMap(({ services }) => services ?? []))
      given.push([service.constructor, service]);
    const providers = given.map(([provide, useValue]) => ({ provide, useValue }) as Provider);
    const api = [...API, ...features.flatMap(({ controllers }) => controllers ?? [])];
    return {
      module: AppModule,
      imports: redisUrl === undefined ? [] : [BullModule.registerQueue({ name: NOTIFIER_QUEUE, url: redisUrl })],
      providers: [...providers, { provide: APP_FILTER, useClass: ProblemFilter }],
      // A worker is asked for nothing but how it is.
      controllers: [...(world.role === 'worker' ? [] : api), HealthController, MetricsController],
    };
  }
}
