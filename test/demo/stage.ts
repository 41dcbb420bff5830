/** Everything the story needs, running: WhatsApp's stand-in, the service, n8n's engine with the example workflow. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Engine, type Execution, startEngine, type WorkflowJson } from '../support/engine/engine.ts';
import { PACKAGE_DIR } from '../support/paths.ts';
import { SANDBOX_DEFAULTS } from '../sandbox/whatsapp/defaults.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../sandbox/whatsapp/sandbox.ts';
import type { Cleanup } from './cleanup.ts';
import { Follower } from './follow.ts';
import { type Heard, listen } from './listener.ts';
import { switchOnPhones } from './phone.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';
import { step } from './terminal.ts';
import { Transcript } from './transcript.ts';

const EXAMPLE = 'examples/greeting-with-buttons.json';

export interface Stage {
  sandbox: WhatsAppSandbox;
  service: ServiceProcess;
  engine: Engine;
  transcript: Transcript;
  follower: Follower;
  /** Events of the demo's own subscription, each once. */
  heard: Heard[];
  /** Rejects when the service cannot be followed any more. */
  broken: Promise<never>;
}

async function startSandbox(cleanup: Cleanup): Promise<WhatsAppSandbox> {
  // The phones of the demo tell the statuses, at a pace that can be followed.
  const sandbox = await startWhatsAppSandbox({ autoStatuses: [] });
  await cleanup.add(async () => await sandbox.close());
  await switchOnPhones(sandbox, cleanup);
  return sandbox;
}

async function startN8n(service: ServiceProcess, sandbox: WhatsAppSandbox, cleanup: Cleanup): Promise<Engine> {
  const { accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken, apiVersion } = SANDBOX_DEFAULTS;
  const engine = await startEngine({
    packageDir: PACKAGE_DIR,
    credentials: {
      parleyApi: { url: service.url, apiKey: service.apiKey },
      whatsAppCloudApi: {
        ...{ accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken, apiVersion },
        baseUrl: sandbox.url,
      },
    },
  });
  await cleanup.add(async () => await engine.close());
  return engine;
}

/** The example as it is imported, with the credentials chosen in every node; switched on. */
async function activateExample(engine: Engine, cleanup: Cleanup): Promise<WorkflowJson> {
  const workflow = JSON.parse(readFileSync(join(PACKAGE_DIR, EXAMPLE), 'utf8')) as WorkflowJson;
  for (const node of workflow.nodes) {
    node.credentials = {
      parleyApi: { id: '1', name: 'Parley' },
      whatsAppCloudApi: { id: '2', name: 'WhatsApp sandbox' },
    };
  }
  const { deactivate } = await engine.activate(workflow);
  await cleanup.add(deactivate);
  return workflow;
}

function tellExecutions(engine: Engine, follower: Follower): void {
  const startedAt = new Map<Execution, number>();
  engine.onExecution((execution) => {
    if (!startedAt.has(execution)) startedAt.set(execution, Date.now());
    if (execution.status !== 'running') follower.ran(execution, startedAt.get(execution) ?? Date.now());
  });
}

/** Starts it all in `folder`, telling the steps. */
export async function setStage(folder: string, cleanup: Cleanup): Promise<Stage> {
  const sandbox = await step(
    'WhatsApp sandbox',
    async () => await startSandbox(cleanup),
    ({ url }) => url,
  );
  const service = await step(
    'Parley service',
    async () => await startServiceProcess(folder, cleanup),
    ({ url }) => url,
  );
  const engine = await step(
    "n8n's engine",
    async () => await startN8n(service, sandbox, cleanup),
    ({ nodeNames }) => `with ${nodeNames.join(', ')}`,
  );
  await step(
    'Workflow switched on',
    async () => await activateExample(engine, cleanup),
    () => EXAMPLE,
  );
  const transcript = new Transcript();
  await cleanup.add(() => transcript.stop());
  const follower = new Follower(service, transcript);
  const heard = await listen(service, cleanup, (each) => follower.hear(each));
  const { broken } = await follower.start(cleanup);
  tellExecutions(engine, follower);
  return { sandbox, service, engine, transcript, follower, heard, broken };
}
