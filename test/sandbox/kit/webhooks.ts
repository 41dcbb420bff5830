import { WebhookPoster, type WebhookDelivery, type WebhookPosterOptions } from './webhook-poster.ts';

/** How often and how patiently webhooks are tried, and what ends it. */
export type Retry = Pick<WebhookPosterOptions, 'retryDelaysMs' | 'timeoutMs' | 'isTaken' | 'isFinal'>;

/** What has been posted, whatever the provider. */
export interface PostedWebhooks {
  /** Posts the last `count` webhooks again, byte for byte, as providers do when in doubt. */
  redeliver(count: number): WebhookDelivery[];
  deliveries: readonly WebhookDelivery[];
  settled(): Promise<void>;
  close(): Promise<void>;
}

export function postedBy(poster: WebhookPoster): PostedWebhooks {
  return {
    redeliver: (count) => poster.deliveries.slice(-count).map(({ url, body, own }) => poster.post(url, body, own)),
    deliveries: poster.deliveries,
    settled: () => poster.settled(),
    close: () => poster.close(),
  };
}

/** A poster on a world's clock, whose waiters notice every try. */
export function posterFor(
  { clock, changes }: Pick<WebhookPosterOptions, 'clock' | 'changes'>,
  retry: Retry,
  sign: WebhookPosterOptions['sign'],
): WebhookPoster {
  return new WebhookPoster({ ...retry, clock, changes, sign });
}
