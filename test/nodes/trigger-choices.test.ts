/** What the triggers offer: what their channel has, in people's words. */
import type { INodeProperties } from 'n8n-workflow';
import { EVENT_TYPES } from '../../contract/event.ts';
import { INBOUND_KINDS } from '../../contract/message.ts';
import { triggerProperties } from '../../nodes/shared/trigger/description.ts';
import { eventTypes } from '../../nodes/shared/trigger/events.ts';

const choices = (properties: INodeProperties[], name: string) =>
  (properties.find((one) => one.name === name)?.options ?? []).map((one) => ('value' in one ? String(one.value) : ''));

test('a channel’s trigger offers the types and kinds that it declares, and no other', () => {
  const properties = triggerProperties({
    events: ['message.received', 'account.alert', 'call'],
    kinds: ['text', 'form'],
  });
  expect(choices(properties, 'events')).toEqual(['account', 'call', 'messageReceived']);
  expect(choices(properties, 'messageKinds')).toEqual(['form', 'text']);
});

test('the trigger of all channels offers every type and every kind', () => {
  const properties = triggerProperties();
  expect(eventTypes(choices(properties, 'events')).sort()).toEqual([...EVENT_TYPES].sort());
  expect(choices(properties, 'messageKinds').sort()).toEqual([...INBOUND_KINDS].sort());
});
