import type { IExecuteFunctions } from 'n8n-workflow';
import type { ReplayedEvents } from '../../../../contract/dead-letter.ts';
import { optionsField } from '../../../shared/collections.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { compact, ParameterError } from '../../../shared/parameters.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { EVENT_CHOICES, eventTypes } from '../../../shared/trigger/events.ts';
import { findSubscription, subscriptionField } from '../../subscriptions.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const options = parameters.group('options');
  const zone = context.getTimezone();
  const from = parameters.instant('from', 'From', zone);
  if (from === undefined) throw new ParameterError("The field 'From' is empty", "Fill in 'From'.");
  const subscriptionId = await findSubscription(context, parameters.group('subscription'), itemIndex);
  const types = eventTypes(options.words('events'));
  const body = compact({
    from,
    to: options.instant('to', 'To', zone),
    types: types.length > 0 ? types : undefined,
  });
  const path = `/v1/subscriptions/${encodeURIComponent(subscriptionId)}/replay`;
  const { events, pending } = await parleyRequest<ReplayedEvents>(context, { method: 'POST', path, body, itemIndex });
  return [{ json: { events, pending, subscriptionId } }];
}

export const replayEventsOperation: Operation = {
  value: 'replayEvents',
  name: 'Replay Events',
  action: 'Replay events to a trigger',
  description: 'Hand the events of a time to a trigger again, for a workflow that was down or had to be mended',
  fields: [
    subscriptionField,
    {
      displayName: 'From',
      name: 'from',
      type: 'dateTime',
      default: '',
      required: true,
      description: 'The events that were published since then',
    },
    optionsField([
      {
        displayName: 'Events',
        name: 'events',
        type: 'multiOptions',
        options: EVENT_CHOICES.map(({ name, value, description }) => ({ name, value, description })),
        default: [],
        description: 'Only these, of those that the trigger listens for',
      },
      {
        displayName: 'To',
        name: 'to',
        type: 'dateTime',
        default: '',
        description: 'The events that were published before then; otherwise all until now',
      },
    ]),
  ],
  run,
};
