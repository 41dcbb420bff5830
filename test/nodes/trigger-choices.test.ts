/** What the triggers offer: what their channel has, in people's words. */
import type { INodeProperties } from 'n8n-workflow';
import { EVENT_TYPES } from '../../contract/event.ts';
import { INBOUND_KINDS } from '../../contract/message.ts';
import { triggerProperties } from '../../nodes/shared/trigger/description.ts';
import { eventTypes } from '../../nodes/shared/trigger/events.ts';

const choices = (properties: INodeProperties[], name: string) =>
  (properties.find((one) => one.name === name)?.options ?? []).map((one) => ('value' in one ? String(one.value) : ''));

test('a channel’s trigger offers what every account has and what it declares besides, and no other', () => {
  const properties = triggerProperties({ events: ['call'], kinds: ['form'] });
  expect(choices(properties, 'events')).toEqual([
    ...['account', 'call', 'conversationControl', 'messageReceived', 'messageStatus', 'unsupported'],
  ]);
  expect(choices(properties, 'messageKinds')).toEqual(['form', 'choices', 'text', 'time_slot', 'unsupported']);
});

const options = (properties: INodeProperties[]) =>
  (properties.find(({ name }) => name === 'options')?.options ?? []).map(({ name }) => name);

test('a channel that tells no attributes offers none to start by', () => {
  const inbound = { events: [], kinds: [] };
  expect(options(triggerProperties(inbound))).not.toContain('attributes');
  expect(options(triggerProperties({ ...inbound, attributes: true }))).toContain('attributes');
  expect(options(triggerProperties())).toContain('attributes');
});

test('a trigger that sets nothing up does not ask what to do when that fails', () => {
  expect(options(triggerProperties())).not.toContain('ifSetUpFails');
  expect(options(triggerProperties({ events: [], kinds: [] }))).toContain('ifSetUpFails');
});

test('the trigger of all channels offers every type and every kind', () => {
  const properties = triggerProperties();
  expect(eventTypes(choices(properties, 'events')).sort()).toEqual([...EVENT_TYPES].sort());
  expect(choices(properties, 'messageKinds').sort()).toEqual([...INBOUND_KINDS].sort());
});
