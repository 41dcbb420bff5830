import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../../sandbox/whatsapp/sandbox.ts';
import { type Report, reportToStderr, withProgress } from './commands.ts';
import { installN8n } from './install-n8n.ts';
import { type CredentialInput, N8nRest, type Owner } from './n8n-rest.ts';
import { installCommunityPackage } from './pack-package.ts';
import { startN8n, type RunningN8n } from './start-n8n.ts';
import { startService, type RunningService } from './start-service.ts';

export const OWNER: Owner = {
  email: 'owner@parley.example',
  firstName: 'Olga',
  lastName: 'Owner',
  password: 'Parley-sandbox-1',
};

export interface StackOptions {
  /** Absent: free ones. */
  ports?: { n8n: number; service: number; sandbox: number };
  report?: Report;
}

/** The two credentials that every node of the package needs, stored in n8n. */
export interface StoredCredentials {
  parleyApi: { id: string; name: string };
  whatsAppCloudApi: { id: string; name: string };
}

/** Customer (sandbox), service and n8n with our package in it, signed in as its owner, the credentials made. */
export interface Stack {
  sandbox: WhatsAppSandbox;
  service: RunningService;
  n8n: RunningN8n;
  rest: N8nRest;
  credentials: StoredCredentials;
  /** Ends all three and removes what they stored. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts everything that a real conversation needs, on this machine, fresh: nothing is left of an earlier run. The first
 * call installs n8n (minutes). Throws, with nothing left running, when a part does not start.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const report = options.report ?? reportToStderr;
  const installed = await installN8n({ report });
  const started: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const sandbox = await startWhatsAppSandbox({ port: options.ports?.sandbox });
    started.push(() => sandbox.close());
    seedTemplates(sandbox);
    const service = await startService({ port: options.ports?.service });
    started.push(() => service.stop());
    const n8n = await withProgress(
      `Starting n8n ${installed.version}`,
      () => 'not ready yet',
      report,
      () => startN8n({ n8n: installed, prepare: installCommunityPackage, port: options.ports?.n8n }),
    );
    started.push(() => n8n.stop());
    const rest = new N8nRest(n8n.url);
    await rest.signIn(OWNER);
    const credentials = await storeCredentials(rest, service, sandbox);
    return { sandbox, service, n8n, rest, credentials, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a user enters in n8n to reach this service. */
export async function parleyCredential(service: RunningService): Promise<CredentialInput> {
  const data = { url: service.url, apiKey: await service.apiKey() };
  return { name: 'Parley (this machine)', type: 'parleyApi', data };
}

/** What a user enters in n8n for the sandbox's WhatsApp number. */
export function whatsAppCredential(sandbox: WhatsAppSandbox): CredentialInput {
  const { accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken, apiVersion } = SANDBOX_DEFAULTS;
  const known = { accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken, apiVersion };
  return { name: 'WhatsApp (sandbox)', type: 'whatsAppCloudApi', data: { ...known, baseUrl: sandbox.url } };
}

async function storeCredentials(
  rest: N8nRest,
  service: RunningService,
  sandbox: WhatsAppSandbox,
): Promise<StoredCredentials> {
  const stored = async (input: CredentialInput): Promise<{ id: string; name: string }> => {
    const { id, name } = await rest.createCredential(input);
    return { id, name };
  };
  return {
    parleyApi: await stored(await parleyCredential(service)),
    whatsAppCloudApi: await stored(whatsAppCredential(sandbox)),
  };
}

/** The template that `examples/template-when-closed.json` names, one with names and a header, and one not yet approved. */
function seedTemplates(sandbox: WhatsAppSandbox): void {
  sandbox.templates.seed({
    name: 'order_shipped',
    components: [
      {
        type: 'BODY',
        text: 'Hello {{1}}, your order {{2}} is on its way.',
        example: { body_text: [['Ana', '1234']] },
      },
    ],
  });
  sandbox.templates.seed({
    name: 'appointment_reminder',
    parameterFormat: 'NAMED',
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::aW1hZ2U='] } },
      {
        type: 'BODY',
        text: 'Hello {{first_name}}, see you on {{day}}.',
        example: {
          body_text_named_params: [
            { param_name: 'first_name', example: 'Ana' },
            { param_name: 'day', example: 'Tuesday' },
          ],
        },
      },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'I will come' }] },
    ],
  });
  sandbox.templates.seed({ name: 'spring_sale', category: 'MARKETING', status: 'PENDING', components: [] });
}
