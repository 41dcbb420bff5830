/** What the trigger's tests share: the engine with our package, a stand-in of the service, a workflow and events. */
import type { EventOf } from '../../contract/event.ts';
import { type Engine, type Execution, startEngine, type WorkflowJson } from '../support/engine/engine.ts';
import { PACKAGE_DIR } from '../support/paths.ts';
import { StubService, type StubSubscription } from '../support/stub-service.ts';

export const TRIGGER = 'WhatsApp Business Trigger';
export const NUMBER = '106540352242922';
export const ACCOUNT = `whatsapp/${NUMBER}`;

export interface Fixture {
  engine: Engine;
  service: StubService;
  /** The Parley credential, to be spoilt by a test; `reset` mends it. */
  parleyApi: Record<string, string>;
  reset(): void;
  /** Activates a new workflow; answers its subscription. */
  active(parameters?: object): Promise<{ subscription: StubSubscription; deactivate(): Promise<void> }>;
  /** The first execution that ended well. */
  succeeded(): Promise<Execution>;
  stop(): Promise<void>;
}

/** `others`: credentials of other channels' triggers. */
export async function startFixture(others: Record<string, Record<string, string>> = {}): Promise<Fixture> {
  const service = await new StubService().start();
  const parleyApi: Record<string, string> = {};
  const whatsAppCloudApi = {
    accessToken: 'at',
    phoneNumberId: NUMBER,
    wabaId: '1',
    appSecret: 's1, s2',
    verifyToken: '',
  };
  const engine = await startEngine({
    packageDir: PACKAGE_DIR,
    credentials: { parleyApi, whatsAppCloudApi, ...others },
  });
  return {
    engine,
    service,
    parleyApi,
    reset() {
      Object.assign(parleyApi, { url: service.url, apiKey: service.key });
      service.calls.length = 0;
      service.accounts.clear();
      service.subscriptions.clear();
      service.provisioning = [];
      engine.executions.length = 0;
    },
    async active(parameters = {}) {
      const activation = await engine.activate(workflow(parameters));
      const subscription = service.subscriptionAt(activation.urls[TRIGGER] ?? '');
      return { subscription, deactivate: activation.deactivate };
    },
    succeeded: async () => await engine.waitForExecution((each) => each.status === 'success'),
    async stop() {
      await engine.close();
      await service.stop();
    },
  };
}

export function workflow(parameters: object = {}): WorkflowJson {
  const credentials = { parleyApi: { id: '1', name: 'p' }, whatsAppCloudApi: { id: '2', name: 'w' } };
  return {
    nodes: [{ name: TRIGGER, type: 'n8n-nodes-parley.whatsAppTrigger', parameters: { ...parameters }, credentials }],
  };
}

export function textEvent(id: string, text: string): EventOf<'message.received'> {
  return {
    id,
    type: 'message.received',
    at: '2026-11-22T10:00:00.000Z',
    channel: 'whatsapp',
    account: { id: 'acc_1', externalId: NUMBER },
    contact: { id: 'con_1', identities: [{ kind: 'phone', address: '15550001111' }] },
    message: {
      id: `msg_${id}`,
      providerMessageId: id,
      content: { type: 'text', text },
      sentAt: '2026-11-22T10:00:00.000Z',
    },
  };
}

export function imageEvent(mediaId: string): EventOf<'message.received'> {
  const content = { type: 'image' as const, media: { id: mediaId, mimeType: 'image/png', filename: 'cat.png' } };
  const event = textEvent('evt_image', '');
  return { ...event, message: { ...event.message, content } };
}
