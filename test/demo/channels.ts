/** The channels on which the story can be told, and what differs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowJson } from '../support/engine/engine.ts';
import { PACKAGE_DIR } from '../support/paths.ts';

type Choosing = 'taps' | 'answers by number:';

export interface DemoChannel {
  /** What `--channel` takes. */
  name: string;
  /** As the service calls it. */
  channel: string;
  title: string;
  workflow: { file: string; credential?: string; parameters?: Record<string, string> };
  /** How the customer chooses. */
  choosing: Choosing;
  /** The statuses that a message gets on its way, and how long each takes: slowly enough to be followed. */
  steps: readonly (readonly [status: string, afterMs: number])[];
  /** What becomes of a message whose answer was lost. */
  settledBy: string;
  /** Statuses come only once the service knows what became of the message: it asks the provider then. */
  isAsked?: true;
  /** Where the stand-in's people are, below `/_sandbox/`. */
  people: string;
  /** The address of somebody who has not written yet. */
  stranger: string;
  /** How long the provider wants to be left alone when it throttles, beyond what everything else may take. */
  throttledForMs: number;
}

const CLOUD_STEPS = [
  ['sent', 700],
  ['delivered', 300],
  ['read', 600],
] as const;
const EVERY_CHANNEL = { file: 'examples/reply-on-every-channel.json' };
const ON_A_PHONE = { people: '', stranger: '15550002222' };
const GREETING = 'examples/greeting-with-buttons.json';
const MINUTE = 60_000;

const CHANNELS: readonly DemoChannel[] = [
  {
    ...ON_A_PHONE,
    ...{ name: 'whatsapp', channel: 'whatsapp', title: 'WhatsApp', choosing: 'taps', steps: CLOUD_STEPS },
    workflow: { file: GREETING, credential: 'whatsAppCloudApi' },
    ...{ settledBy: 'the status webhook', throttledForMs: 5_000 },
  },
  {
    ...{ people: 'messenger/', stranger: '24681012141619' },
    ...{ name: 'messenger', channel: 'messenger', title: 'Facebook Messenger', choosing: 'taps', steps: CLOUD_STEPS },
    ...{ workflow: EVERY_CHANNEL, settledBy: 'the echo', throttledForMs: MINUTE },
  },
  {
    ...{ people: 'instagram/', stranger: '24681012141619' },
    ...{ name: 'instagram', channel: 'instagram', title: 'Instagram', choosing: 'taps', workflow: EVERY_CHANNEL },
    // Instagram tells of no delivery.
    steps: CLOUD_STEPS.filter(([status]) => status !== 'delivered'),
    ...{ settledBy: 'the echo', throttledForMs: MINUTE },
  },
  {
    ...ON_A_PHONE,
    ...{ name: 'dialog360', channel: 'dialog360', title: '360dialog', choosing: 'taps' },
    workflow: { file: GREETING, credential: 'dialog360Api', parameters: { connectThrough: 'dialog360' } },
    ...{ steps: CLOUD_STEPS, settledBy: 'the status webhook', throttledForMs: 10_000 },
  },
  {
    ...ON_A_PHONE,
    ...{ name: 'twilio', channel: 'twilio_sms', title: 'Twilio SMS', choosing: 'answers by number:' },
    // Nobody tells when an SMS is read.
    steps: CLOUD_STEPS.filter(([status]) => status !== 'read'),
    ...{ workflow: EVERY_CHANNEL, settledBy: 'asking Twilio', isAsked: true, throttledForMs: 1_000 },
  },
];

/** Throws, naming those that there are. */
export function demoChannel(name: string): DemoChannel {
  const found = CHANNELS.find((each) => each.name === name);
  if (found !== undefined) return found;
  const known = CHANNELS.map((each) => each.name).join(', ');
  throw new Error(`There is no channel '${name}' in the demo. There is: ${known}.`);
}

/** The example as it is imported, with what a user chooses in each of its nodes. */
export function exampleOf({ workflow: { file, credential, parameters } }: DemoChannel): WorkflowJson {
  const workflow = JSON.parse(readFileSync(join(PACKAGE_DIR, file), 'utf8')) as WorkflowJson;
  for (const node of workflow.nodes.filter(({ type }) => type.startsWith('n8n-nodes-parley.'))) {
    node.credentials = { parleyApi: { id: '1', name: 'Parley' } };
    if (credential !== undefined) node.credentials[credential] = { id: '2', name: 'Sandbox' };
    node.parameters = { ...parameters, ...node.parameters };
  }
  return workflow;
}
