/** The whole service in front of the stand-in for Twilio. */
import type {
  Account,
  CreatedSubscription,
  CreateSubscription,
  MessageView,
  SendMessage,
} from '../../../contract/api.ts';
import type { OutboundContent } from '../../../contract/message.ts';
import { TWILIO_DEFAULTS, type Line, type TwilioSandboxOptions } from '../../sandbox/twilio/defaults.ts';
import { startTwilioSandbox, type TwilioSandbox } from '../../sandbox/twilio/sandbox.ts';
import { closeApps, startApp, type App } from '../../support/app.ts';
import type { Answer } from '../../support/api-client.ts';
import type { Receiver } from '../../support/receiver.ts';

export const ANA = '15550001111';

export interface TwilioApp {
  app: App;
  sandbox: TwilioSandbox;
  account: Account;
  listen(wish?: Partial<CreateSubscription>): Promise<Receiver & { subscription: CreatedSubscription }>;
  send(content: OutboundContent | string, more?: Partial<SendMessage>): Promise<Answer>;
  /** Sends and expects it to be admitted; answers the message's id. */
  sent(content: OutboundContent | string, more?: Partial<SendMessage>): Promise<string>;
  reaches(id: string, status: string): Promise<MessageView>;
  /** A named action of the account. */
  act(name: string, input: object): Promise<Answer>;
}

const sandboxes: TwilioSandbox[] = [];
let keys = 0;

/** For `afterEach`. */
export async function closeTwilioApps(): Promise<void> {
  await closeApps();
  for (const sandbox of sandboxes.splice(0)) await sandbox.close();
}

export function twilioSettings(line: Line, baseUrl: string): Record<string, unknown> {
  const { accountSid, authToken, smsNumber, whatsappSender } = TWILIO_DEFAULTS;
  return { accountSid, authToken, baseUrl, from: line === 'sms' ? smsNumber : whatsappSender };
}

export interface TwilioAppOptions extends TwilioSandboxOptions {
  env?: Record<string, string>;
  /** Further settings of the account. */
  account?: Record<string, unknown>;
}

export async function startTwilioApp(line: Line, options: TwilioAppOptions = {}): Promise<TwilioApp> {
  const { env, account: change, ...sandboxOptions } = options;
  const app = await startApp({ registered: false, ...(env && { env }) });
  const sandbox = await startTwilioSandbox({ clock: app.clock, line, ...sandboxOptions });
  sandboxes.push(sandbox);
  const settings = { ...twilioSettings(line, sandbox.url), ...change };
  const ref = { channel: `twilio_${line}`, externalId: String(settings['from'] ?? settings['messagingServiceSid']) };
  const path = `/v1/accounts/${ref.channel}/${encodeURIComponent(ref.externalId)}`;
  const answer = await app.call('PUT', path, { settings });
  if (answer.status !== 201) throw new Error(`Not registered: ${answer.text}`);
  const account = answer.body as Account;
  // Without a public URL nothing is set up at the provider.
  if (env?.['PARLEY_PUBLIC_URL'] === undefined) sandbox.subscribe(account.webhookUrl);
  const send: TwilioApp['send'] = (content, more = {}) => {
    const said = typeof content === 'string' ? { type: 'text' as const, text: content } : content;
    const body = { account: ref, to: `+${ANA}`, content: said, ...more };
    return app.call('POST', '/v1/messages', body, { 'idempotency-key': `twilio-${++keys}` });
  };
  return {
    app,
    sandbox,
    account,
    listen: (wish = {}) => app.listen({ account: ref, ...wish }),
    send,
    sent: async (content, more) => {
      const taken = await send(content, more);
      if (taken.status !== 202) throw new Error(`Not admitted: ${taken.text}`);
      return (taken.body as { id: string }).id;
    },
    reaches: (id, status) => app.reaches(id, status),
    act: (name, input) => {
      const query = new URLSearchParams(ref);
      return app.call('POST', `/v1/actions/${name}?${query.toString()}`, input);
    },
  };
}
