/** Every trigger of the package with the node that answers it, on each provider that it connects through. */
import { randomUUID } from 'node:crypto';
import type { INode, INodeParameters } from 'n8n-workflow';
import { CHANNELS, type Provider } from '../../support/customers.ts';
import type { N8nRest, WorkflowInput } from './n8n-rest.ts';

export interface NodePair {
  trigger: string;
  action: string;
  channel: string;
  /** Type of the channel's credential; absent: the service's is enough. */
  credential?: string;
  /** The webhook's URL is entered at the provider by hand, so the trigger starts without. */
  isByHand?: true;
  /** The channel writes in threads only. */
  thread?: true;
  /** Of both nodes. */
  parameters?: INodeParameters;
}

const WHATSAPP = { trigger: 'whatsAppTrigger', action: 'whatsApp' };

/** Parley's own pair is the last: it hears accounts that the others registered. */
export const NODE_PAIRS: readonly NodePair[] = [
  { ...WHATSAPP, channel: 'whatsapp', credential: 'whatsAppCloudApi' },
  {
    ...{ ...WHATSAPP, channel: 'dialog360', credential: 'dialog360Api' },
    parameters: { connectThrough: 'dialog360' },
  },
  {
    ...{ ...WHATSAPP, channel: 'twilio_whatsapp', credential: 'parleyTwilioApi' },
    parameters: { connectThrough: 'twilio' },
  },
  {
    ...{ trigger: 'facebookMessengerTrigger', action: 'facebookMessenger', channel: 'messenger' },
    credential: 'parleyMessengerApi',
  },
  {
    ...{ trigger: 'instagramMessagingTrigger', action: 'instagramMessaging', channel: 'instagram' },
    credential: 'parleyInstagramApi',
  },
  {
    trigger: 'twilioMessagingTrigger',
    action: 'twilioMessaging',
    channel: 'twilio_sms',
    credential: 'parleyTwilioApi',
  },
  {
    trigger: 'sendbirdTrigger',
    action: 'sendbird',
    channel: 'sendbird',
    credential: 'parleySendbirdApi',
    thread: true,
    isByHand: true,
  },
  {
    ...{ trigger: 'sunshineTrigger', action: 'sunshine', channel: 'sunshine', thread: true },
    credential: 'parleySunshineApi',
  },
  { trigger: 'parleyTrigger', action: 'parley', channel: 'messenger' },
];

export const PACKAGE = 'n8n-nodes-parley';
export const TRIGGER = 'Somebody Writes';
export const ACTION = 'Say It Back';

type Credentials = NonNullable<INode['credentials']>;

const BY_HAND: INodeParameters = { options: { ifSetUpFails: 'start' } };

/** Says back what was written. */
export function pairWorkflow(pair: NodePair, credentials: Credentials): WorkflowInput {
  const shared = { typeVersion: 1, credentials };
  const answer = { resource: 'message', operation: 'send', kind: 'text', text: '=You wrote: {{ $json.text }}' };
  const to =
    pair.credential === undefined
      ? {}
      : { to: '={{ $json.from }}', ...(pair.thread && { thread: '={{ $json.thread }}' }) };
  return {
    name: `${pair.action} on ${pair.channel}`,
    nodes: [
      {
        ...{ ...shared, id: 'hear', name: TRIGGER, type: `${PACKAGE}.${pair.trigger}`, position: [0, 0] },
        ...{ webhookId: randomUUID(), parameters: { ...pair.parameters, ...(pair.isByHand && BY_HAND) } },
      },
      {
        ...{ ...shared, id: 'say', name: ACTION, type: `${PACKAGE}.${pair.action}`, position: [260, 0] },
        parameters: { ...pair.parameters, ...answer, ...to },
      },
    ],
    connections: { [TRIGGER]: { main: [[{ node: ACTION, type: 'main', index: 0 }]] } },
  };
}

/** A provider for each channel, and what n8n stored to reach it. */
export interface Providers {
  of(channel: string): Provider;
  /** What a user chooses in both nodes of a pair. */
  credentialsOf(pair: NodePair): Credentials;
  close(): Promise<void>;
}

/** Starts the providers and stores their credentials; the names of a credential's fields are those of the account's settings. */
export async function startProviders(rest: N8nRest, parleyApi: { id: string; name: string }): Promise<Providers> {
  const providers = new Map<string, Provider>();
  const close = async (): Promise<void> => {
    for (const provider of providers.values()) await provider.close();
  };
  for (const { channel, start } of CHANNELS) providers.set(channel, await start());
  const of = (channel: string): Provider => {
    const provider = providers.get(channel);
    if (provider === undefined) throw new Error(`No stand-in for ${channel}`);
    return provider;
  };
  const stored = new Map<string, Credentials>();
  try {
    for (const { channel, credential: type } of NODE_PAIRS) {
      if (type === undefined) continue;
      const { id, name } = await rest.createCredential({ name: `My ${channel}`, type, data: of(channel).settings });
      stored.set(channel, { [type]: { id, name } });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    of,
    credentialsOf: ({ channel, credential }) => ({
      parleyApi,
      ...(credential === undefined ? {} : stored.get(channel)),
    }),
    close,
  };
}
