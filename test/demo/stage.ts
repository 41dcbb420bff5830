/** Everything the story needs, running: the provider's stand-in, the service, n8n's engine with the example workflow. */
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { Account } from '../../contract/api.ts';
import { CHANNELS, type Provider } from '../support/customers.ts';
import { CORE_NODES } from '../support/engine/core-nodes.ts';
import { type Engine, type Execution, startEngine } from '../support/engine/engine.ts';
import { PACKAGE_DIR } from '../support/paths.ts';
import { type DemoChannel, exampleOf } from './channels.ts';
import type { Cleanup } from './cleanup.ts';
import { Follower } from './follow.ts';
import { type Heard, listen } from './listener.ts';
import { type Phones, switchOnPhones } from './phone.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';
import { step } from './terminal.ts';
import { Transcript } from './transcript.ts';

export interface Stage {
  channel: DemoChannel;
  provider: Provider;
  phones: Phones;
  service: ServiceProcess;
  engine: Engine;
  transcript: Transcript;
  follower: Follower;
  /** Events of the demo's own subscription, each once. */
  heard: Heard[];
  /** Rejects when the service cannot be followed any more. */
  broken: Promise<never>;
}

async function startProvider({ channel }: DemoChannel, cleanup: Cleanup): Promise<Provider> {
  const played = CHANNELS.find((each) => each.channel === channel);
  if (played === undefined) throw new Error(`Nobody plays a customer on ${channel}`);
  const provider = await played.start();
  await cleanup.add(async () => await provider.close());
  // The phones of the demo tell the statuses, at a pace that can be followed.
  provider.standIn.settings.autoStatuses = [];
  return provider;
}

type Credentials = Record<string, ICredentialDataDecryptedObject>;

async function startN8n(stage: Pick<Stage, 'channel' | 'service' | 'provider'>, cleanup: Cleanup): Promise<Engine> {
  const { channel, service, provider } = stage;
  const credentials: Credentials = { parleyApi: { url: service.url, apiKey: service.apiKey } };
  const { credential } = channel.workflow;
  if (credential !== undefined) credentials[credential] = provider.settings as ICredentialDataDecryptedObject;
  const engine = await startEngine({ packageDir: PACKAGE_DIR, credentials, nodeTypes: CORE_NODES });
  await cleanup.add(async () => await engine.close());
  return engine;
}

/** Where the example hears every account, the account is registered first; else its nodes do that themselves. */
async function activateExample(stage: Pick<Stage, 'channel' | 'service' | 'provider' | 'engine'>, cleanup: Cleanup) {
  const { channel, service, provider, engine } = stage;
  if (channel.workflow.credential === undefined) {
    const { externalId, settings } = provider;
    const path = `/v1/accounts/${channel.channel}/${encodeURIComponent(externalId)}`;
    provider.subscribe((await service.call<Account>('PUT', path, { settings })).webhookUrl);
  }
  const { deactivate } = await engine.activate(exampleOf(channel));
  await cleanup.add(deactivate);
}

function tellExecutions(engine: Engine, follower: Follower): void {
  const startedAt = new Map<Execution, number>();
  engine.onExecution((execution) => {
    if (!startedAt.has(execution)) startedAt.set(execution, Date.now());
    if (execution.status !== 'running') follower.ran(execution, startedAt.get(execution) ?? Date.now());
  });
}

/** Starts it all in `folder`, telling the steps. */
export async function setStage(folder: string, channel: DemoChannel, cleanup: Cleanup): Promise<Stage> {
  const provider = await step(
    `${channel.title} sandbox`,
    async () => await startProvider(channel, cleanup),
    ({ standIn }) => standIn.url,
  );
  const phones = await switchOnPhones(provider.standIn, channel, cleanup);
  const service = await step(
    'Parley service',
    async () => await startServiceProcess(folder, cleanup),
    ({ url }) => url,
  );
  const engine = await step(
    "n8n's engine",
    async () => await startN8n({ channel, service, provider }, cleanup),
    ({ nodeNames }) => `with ${nodeNames.join(', ')}`,
  );
  await step(
    'Workflow switched on',
    async () => await activateExample({ channel, service, provider, engine }, cleanup),
    () => channel.workflow.file,
  );
  const transcript = new Transcript();
  await cleanup.add(() => transcript.stop());
  const follower = new Follower(service, transcript, channel);
  const heard = await listen(service, cleanup, (each) => follower.hear(each));
  const { broken } = await follower.start(cleanup);
  tellExecutions(engine, follower);
  return { channel, provider, phones, service, engine, transcript, follower, heard, broken };
}
