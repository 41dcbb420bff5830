/** The same scene on every channel: a person wrote, so that they may be answered, and the provider says nothing of what it takes by itself. */
import type { Account } from '../../../contract/api.ts';
import { DIALOG360_DEFAULTS } from '../../sandbox/dialog360/defaults.ts';
import { startDialog360Sandbox } from '../../sandbox/dialog360/sandbox.ts';
import type { FaultQueue } from '../../sandbox/kit/faults.ts';
import type { RecordedRequest } from '../../sandbox/kit/request-log.ts';
import { ANA, closing, startApp, type App } from '../../support/app.ts';
import { ANA as PSID, startMetaApp } from '../channels/meta-fixture.ts';
import { startTwilioApp } from '../channels/twilio-fixture.ts';

export interface Scene {
  app: App;
  faults: Pick<FaultQueue, 'next' | 'clear'>;
  /** Sends a text to the person; answers the message's id. */
  sent(text: string): Promise<string>;
  /** What the provider took, oldest first. */
  taken(): { id: string; said: string }[];
  requests(): RecordedRequest[];
  /** The provider tells by a webhook that it has what it took. */
  tells(providerId: string): void;
  /** The provider tells that it did not go through with it; only of providers that have such a status. */
  fails(providerId: string, code: number): void;
}

type Party = {
  listReceivedMessages(): object[];
  postStatus(id: string, status: never, code?: number): unknown;
};

const takenIn = (party: Party) => () =>
  party.listReceivedMessages().map((message) => ({
    id: String(Reflect.get(message, 'id') ?? Reflect.get(message, 'sid')),
    said: JSON.stringify(message),
  }));
const tellsOf = (party: Party) => ({
  tells: (id: string) => void party.postStatus(id, 'sent' as never),
  fails: (id: string, code: number) => void party.postStatus(id, 'failed' as never, code),
});

async function whatsapp(): Promise<Scene> {
  const app = await startApp({ sandbox: { autoStatuses: [] } });
  const { sandbox } = app;
  await sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  return {
    ...{ app, faults: sandbox.faults, requests: () => sandbox.requests() },
    ...{ sent: (text) => app.sent(text), taken: takenIn(sandbox), ...tellsOf(sandbox) },
  };
}

async function dialog360(): Promise<Scene> {
  const app = await startApp({ registered: false });
  const sandbox = await startDialog360Sandbox({ clock: app.clock, throughputPerSecond: null, autoStatuses: [] });
  closing(() => sandbox.close());
  const account = { channel: 'dialog360', externalId: DIALOG360_DEFAULTS.phoneNumberId };
  const settings = { ...DIALOG360_DEFAULTS, baseUrl: sandbox.url };
  const answer = await app.call('PUT', `/v1/accounts/dialog360/${account.externalId}`, { settings });
  sandbox.subscribe((answer.body as Account).webhookUrl);
  await sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  return {
    ...{ app, faults: sandbox.faults, requests: () => sandbox.requests() },
    ...{ sent: (text) => app.sent(text, { account }), taken: takenIn(sandbox), ...tellsOf(sandbox) },
  };
}

async function meta(platform: 'messenger' | 'instagram'): Promise<Scene> {
  const scene = await startMetaApp(platform, { autoStatuses: [] });
  closing(() => scene.sandbox.close());
  await scene.customer.sends({ from: PSID, text: 'hi' });
  await scene.app.idle();
  return {
    ...{ app: scene.app, faults: scene.sandbox.faults, requests: () => scene.sandbox.requests() },
    ...{ sent: (text) => scene.sent({ type: 'text', text }), taken: takenIn(scene), ...tellsOf(scene) },
  };
}

async function twilio(line: 'sms' | 'whatsapp'): Promise<Scene> {
  const scene = await startTwilioApp(line, { autoStatuses: [] });
  const { app, sandbox } = scene;
  closing(() => sandbox.close());
  await sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  return {
    ...{ app, faults: sandbox.faults, requests: () => sandbox.requests() },
    ...{ sent: (text) => scene.sent(text), taken: takenIn(sandbox), ...tellsOf(sandbox) },
  };
}

export const SCENES = {
  whatsapp,
  dialog360,
  messenger: () => meta('messenger'),
  instagram: () => meta('instagram'),
  twilio_sms: () => twilio('sms'),
  twilio_whatsapp: () => twilio('whatsapp'),
} as const;
