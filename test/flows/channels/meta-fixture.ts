/** The whole service in front of the stand-in for Messenger and Instagram. */
import type {
  Account,
  CreatedSubscription,
  CreateSubscription,
  MessageView,
  SendMessage,
} from '../../../contract/api.ts';
import type { OutboundContent } from '../../../contract/message.ts';
import type { Party } from '../../sandbox/meta/control.ts';
import type { Platform } from '../../sandbox/meta/customer-world.ts';
import { META_DEFAULTS, type MetaSandboxOptions } from '../../sandbox/meta/defaults.ts';
import { startMetaSandbox, type MetaSandbox } from '../../sandbox/meta/sandbox.ts';
import type { Answer } from '../../support/api-client.ts';
import { closeApps, startApp, type App } from '../../support/app.ts';
import type { Receiver } from '../../support/receiver.ts';

export const ANA = '24681012141618';

/** The account of the stand-in, as its settings are. */
export function metaAccount(platform: Platform, baseUrl: string) {
  const { appId, appSecret, pageId, pageAccessToken, igUserId, verifyToken } = META_DEFAULTS;
  const app = { appId, appSecret, verifyToken, pageId, baseUrl };
  return platform === 'messenger'
    ? { externalId: pageId, settings: { ...app, pageAccessToken } }
    : { externalId: igUserId, settings: { ...app, loginType: 'facebook', igUserId, accessToken: pageAccessToken } };
}

export interface MetaApp extends Party {
  app: App;
  sandbox: MetaSandbox;
  account: Account;
  listen(wish?: Partial<CreateSubscription>): Promise<Receiver & { subscription: CreatedSubscription }>;
  send(content: OutboundContent, more?: Partial<SendMessage>): Promise<Answer>;
  /** Sends and expects it to be admitted; answers the message's id. */
  sent(content: OutboundContent, more?: Partial<SendMessage>): Promise<string>;
  /** The message as soon as it has this status. */
  reaches(id: string, status: string): Promise<MessageView>;
}

const sandboxes: MetaSandbox[] = [];
let keys = 0;

/** For `afterEach`. */
export async function closeMetaApps(): Promise<void> {
  await closeApps();
  for (const sandbox of sandboxes.splice(0)) await sandbox.close();
}

/** Every event that a person or the platform causes. */
export const ALL_EVENTS: CreateSubscription['events'] = [
  ...(['message.received', 'message.edited', 'message.deleted', 'message.status', 'message.echo'] as const),
  ...(['contact.preference', 'link.clicked', 'conversation.control', 'account.alert', 'unsupported'] as const),
];

/** `aheadMs`: the platform's clock is so far ahead of the service's. */
export async function startMetaApp(
  platform: Platform,
  options: MetaSandboxOptions = {},
  aheadMs = 0,
): Promise<MetaApp> {
  const app = await startApp({ registered: false });
  const sandbox = await startMetaSandbox({ clock: { now: () => app.clock.now() + aheadMs }, ...options });
  sandboxes.push(sandbox);
  const { externalId, settings } = metaAccount(platform, sandbox.url);
  const answer = await app.call('PUT', `/v1/accounts/${platform}/${externalId}`, { settings });
  if (answer.status !== 201) throw new Error(`Not registered: ${answer.text}`);
  const account = answer.body as Account;
  const party = sandbox[platform];
  party.subscribe(account.webhookUrl);
  const ref = { channel: platform, externalId };
  const send: MetaApp['send'] = (content, more = {}) => {
    const body = { account: ref, to: ANA, content, ...more };
    return app.call('POST', '/v1/messages', body, { 'idempotency-key': `meta-${++keys}` });
  };
  return {
    ...party,
    app,
    sandbox,
    account,
    listen: (wish = {}) => app.listen({ account: ref, events: ALL_EVENTS, ...wish }),
    send,
    sent: async (content, more) => {
      const taken = await send(content, more);
      if (taken.status !== 202) throw new Error(`Not admitted: ${taken.text}`);
      return (taken.body as { id: string }).id;
    },
    reaches: (id, status) => app.reaches(id, status),
  };
}
