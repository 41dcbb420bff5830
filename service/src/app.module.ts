/** The HTTP side: controllers over the pipelines, with what they are given. */
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { BullModule } from '@nestjs/bull';
import { APP_FILTER } from '@nestjs/core';
import { Accounts } from './connectors/accounts.ts';
import { Limits } from './connectors/limits.ts';
import { Provisioning } from './connectors/provisioning.ts';
import { AccountsController } from './api/accounts.controller.ts';
import { MessagesController } from './api/messages.controller.ts';
import { SubscriptionsController } from './api/subscriptions.controller.ts';
import { Subscriptions } from './events/subscriptions.ts';
import type { Feature } from './features/feature.ts';
import { Admission } from './outbound/admit.ts';
import { NOTIFIER_QUEUE } from './outbox/notifier.ts';
import { Messages } from './outbound/messages.ts';
import type { Pipelines, World } from './kernel.ts';
import { Drain, HealthController, READINESS_CHECKS, type ReadinessCheck } from './platform/health.ts';
import { LOGGER } from './platform/logger.ts';
import { METRICS, MetricsController } from './platform/metrics.ts';
import { ProblemFilter } from './platform/problem.filter.ts';

/** Lists what the modules hand to their controllers. */
export interface AppParts {
  world: World;
  pipelines: Pipelines;
  drain: Drain;
  checks: readonly ReadinessCheck[];
  /** Where the notifier's queue is, if there is one. */
  redisUrl: string | undefined;
}

const API = [AccountsController, SubscriptionsController, MessagesController];

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
      [READINESS_CHECKS, checks],
      [Drain, drain],
      [LOGGER, world.logger],
      [METRICS, world.metrics],
    ];
    const queue = redisUrl === undefined ? [] : [BullModule.registerQueue({ name: NOTIFIER_QUEUE, url: redisUrl })];
    // A worker is asked for nothing but how it is.
    const isAsked = world.role !== 'worker';
    return {
      module: AppModule,
      imports: [...queue, ...(isAsked ? pipelines.features.map(moduleOf) : [])],
      providers: [...provided(given), { provide: APP_FILTER, useClass: ProblemFilter }],
      controllers: [...(isAsked ? API : []), HealthController, MetricsController],
    };
  }
}

function provided(given: readonly [unknown, unknown][]): Provider[] {
  return given.map(([provide, useValue]) => ({ provide, useValue }) as Provider);
}

/** A feature's module: its controllers are given what the feature has, and nothing of another one. */
function moduleOf({ controllers = [], services = [] }: Feature): DynamicModule {
  @Module({})
  class FeatureModule {}
  const providers = provided(services.map((service) => [service.constructor, service]));
  return { module: FeatureModule, providers, controllers: [...controllers] };
}
