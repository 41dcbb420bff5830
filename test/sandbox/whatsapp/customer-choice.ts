import { listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import type { AcceptedMessage, World } from './world.ts';

/**
 * What tapping `choice` (id or label) in a message sends back, as it stands in `messages[]`.
 * Throws when the message offers no such choice.
 */
export function tapContent(world: World, message: AcceptedMessage, choice: string): JsonObject {
  const found =
    message.type === 'template'
      ? templateTap(world, message, choice)
      : interactiveTap(objectOf(message.body['interactive']), choice);
  if (!found) throw new Error(`Message ${message.id} offers no choice ${choice}`);
  return found;
}

function interactiveTap(interactive: JsonObject, choice: string): JsonObject | undefined {
  const action = objectOf(interactive['action']);
  const cardButtons = objectsIn(action['cards']).flatMap((card) => objectsIn(objectOf(card['action'])['buttons']));
  const buttons = [...objectsIn(action['buttons']), ...cardButtons].map((button) =>
    objectOf(button['reply'] ?? button['quick_reply']),
  );
  const button = buttons.find((one) => isChosen(one, choice));
  if (button) return reply({ type: 'button_reply', button_reply: { id: button['id'], title: button['title'] } });
  const rows = objectsIn(action['sections']).flatMap((section) => objectsIn(section['rows']));
  const row = rows.find((one) => isChosen(one, choice));
  return row && reply({ type: 'list_reply', list_reply: row });
}

const reply = (interactive: JsonObject): JsonObject => ({ type: 'interactive', interactive });

const isChosen = (one: JsonObject, choice: string) => one['id'] === choice || one['title'] === choice;

const objectsIn = (value: unknown): JsonObject[] => listOf(value).map(objectOf);

/** A quick reply of a template: its payload, or its label when none was sent. */
function templateTap(world: World, message: AcceptedMessage, choice: string): JsonObject | undefined {
  const sent = objectOf(message.body['template']);
  const language = objectOf(sent['language'])['code'];
  const template = [...world.templates.values()].find((one) => one.name === sent['name'] && one.language === language);
  const defined = template?.components.find((component) => component['type'] === 'BUTTONS');
  const components = objectsIn(sent['components']);
  for (const [index, button] of objectsIn(defined?.['buttons']).entries()) {
    if (button['type'] !== 'QUICK_REPLY') continue;
    const own = components.find(
      ({ type, index: at }) => String(type).toLowerCase() === 'button' && Number(at) === index,
    );
    const text = textOf(button['text']) ?? '';
    const payload = textOf(objectsIn(own?.['parameters'])[0]?.['payload']) ?? text;
    if (payload === choice || text === choice) return { type: 'button', button: { payload, text } };
  }
  return undefined;
}
