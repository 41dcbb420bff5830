/** 'Switchboard': who has a conversation. */
import type { INodeProperties } from 'n8n-workflow';
import { accountAction } from '../shared/actions.ts';
import { itemParameters, type Operation, type Resource } from '../shared/operation.ts';
import { ParameterError, compact, type Parameters } from '../shared/parameters.ts';
import { sunshineAccount } from './account.ts';

const thread: INodeProperties = {
  displayName: 'Thread',
  name: 'thread',
  type: 'string',
  default: '={{ $json.thread }}',
  required: true,
  description: "The conversation's ID: the 'thread' of a trigger or of 'Thread: Open'",
};

const target: INodeProperties = {
  displayName: 'To',
  name: 'target',
  type: 'string',
  default: 'next',
  required: true,
  placeholder: 'e.g. zd:agentWorkspace',
  description:
    "Who gets it: a switchboard integration by ID, name or type ('zd:agentWorkspace' is Zendesk's agents), or 'next'",
};

const metadata: INodeProperties = {
  displayName: 'Metadata',
  name: 'metadata',
  type: 'json',
  default: '{}',
  description:
    "What goes along, as a flat JSON object, e.g. 'dataCapture.systemField.tags' for tags of the ticket. Up to 4 KB.",
};

function metadataIn(parameters: Parameters): Record<string, unknown> | undefined {
  const written = parameters.optional('metadata');
  if (written === undefined || written.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.keys(value).length > 0 ? (value as Record<string, unknown>) : undefined;
  }
  throw new ParameterError(
    "The field 'Metadata' is no JSON object",
    'Write it as {"name": "value"}. Nothing was done.',
  );
}

interface Act {
  value: string;
  name: string;
  action: string;
  description: string;
  /** It names who is next. */
  takesTarget: boolean;
}

const ACTS: readonly Act[] = [
  {
    ...{ value: 'accept', name: 'Accept', action: 'Accept a conversation', takesTarget: false },
    description: 'Take a conversation that was offered to you',
  },
  {
    ...{ value: 'offer', name: 'Offer', action: 'Offer a conversation', takesTarget: true },
    description: 'Offer a conversation to somebody who has to accept it',
  },
  {
    ...{ value: 'pass', name: 'Pass', action: 'Pass a conversation on', takesTarget: true },
    description: 'Give a conversation to another integration at once, e.g. to the agents of Zendesk',
  },
  {
    ...{ value: 'release', name: 'Release', action: 'Release a conversation', takesTarget: false },
    description: 'Leave a conversation to the default of the switchboard',
  },
];

function operationOf({ takesTarget, ...words }: Act): Operation {
  return {
    ...words,
    fields: [thread, ...(takesTarget ? [target] : []), metadata],
    run: async (context, itemIndex) => {
      const account = await sunshineAccount(context);
      const parameters = itemParameters(context, itemIndex);
      const id = parameters.required('thread', 'Thread');
      const to = takesTarget ? parameters.required('target', 'To') : undefined;
      const input = compact({ thread: id, to, metadata: metadataIn(parameters) });
      await accountAction(context, account, itemIndex, `control.${words.value}`, input);
      return [{ json: compact({ thread: id, to, done: true }) }];
    },
  };
}

const operations = ACTS.map(operationOf);

export const controlResource: Resource = {
  value: 'control',
  name: 'Switchboard',
  operations,
  defaultOperation: 'pass',
};
