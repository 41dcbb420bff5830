import type { HttpReply } from '../kit/http-server.ts';
import { isObject, listOf, type JsonObject } from '../kit/json.ts';
import { refuseOthers, requireList, requireObject, requireOneOf, requireText, requireUrl } from './checks.ts';
import type { Platform } from './customer-world.ts';
import { invalid } from './errors.ts';
import { ok, sideOf, type GraphCall } from './graph-call.ts';

const PARTS: Record<Platform, readonly string[]> = {
  messenger: ['get_started', 'greeting', 'ice_breakers', 'persistent_menu'],
  instagram: ['ice_breakers', 'persistent_menu'],
};

function checkMenu(entry: JsonObject, path: string): void {
  requireList(entry['call_to_actions'], `${path}['call_to_actions']`, 1, 20).forEach((item) => {
    const type = requireOneOf(item['type'], 'type', ['postback', 'web_url']);
    requireText(item['title'], 'title', 30);
    if (type === 'postback') requireText(item['payload'], 'payload', 1000);
    else requireUrl(item['url'], 'url');
  });
}

function checkQuestions(entry: JsonObject, path: string): void {
  requireList(entry['call_to_actions'], `${path}['call_to_actions']`, 1, 4).forEach((item) => {
    requireText(item['question'], 'question', 80);
    requireText(item['payload'], 'payload', 1000);
  });
}

const LISTS: Record<string, (entry: JsonObject, path: string) => void> = {
  greeting: (entry) => void requireText(entry['text'], 'text', 160),
  ice_breakers: checkQuestions,
  persistent_menu: checkMenu,
};

function checkPart(name: string, value: unknown, platform: Platform): void {
  if (name === 'get_started') return void requireText(requireObject(value, name)['payload'], 'payload', 1000);
  const entries = requireList(value, name, 1, 50);
  if (!entries.some(({ locale }) => locale === 'default'))
    throw invalid(`${name} needs an entry of the locale default`);
  entries.forEach((entry, index) => {
    if (platform === 'instagram') refuseOthers(entry, name, ['locale', 'call_to_actions']);
    LISTS[name]?.(entry, `${name}[${index}]`);
  });
}

/** POST /{account}/messenger_profile. */
export function setProfile(call: GraphCall): HttpReply {
  const side = sideOf(call);
  const { platform: _, access_token: __, appsecret_proof: ___, ...parts } = call.fields;
  refuseOthers(parts, 'messenger_profile', PARTS[side.platform]);
  if (Object.keys(parts).length === 0) throw invalid('Nothing is set');
  for (const [name, value] of Object.entries(parts)) checkPart(name, value, side.platform);
  const whole = { ...side.profile, ...parts };
  if (side.platform === 'messenger' && whole['persistent_menu'] !== undefined && whole['get_started'] === undefined) {
    throw invalid('You must set a Get Started button if you also wish to use persistent menu', 2018145);
  }
  side.profile = whole;
  side.changes.notify();
  return ok({ result: 'success' });
}

/** GET /{account}/messenger_profile?fields=… */
export function readProfile(call: GraphCall): HttpReply {
  const side = sideOf(call);
  const asked = String(call.fields['fields'] ?? '').split(',');
  const unknown = asked.find((name) => !PARTS[side.platform].includes(name));
  if (unknown !== undefined) throw invalid(`fields must be one of {${PARTS[side.platform].join(', ')}}`);
  const found = Object.fromEntries(Object.entries(side.profile).filter(([name]) => asked.includes(name)));
  return ok({ data: isObject(found) && Object.keys(found).length > 0 ? [found] : [] });
}

/** DELETE /{account}/messenger_profile with `fields`. */
export function removeProfile(call: GraphCall): HttpReply {
  const side = sideOf(call);
  const names = listOf(call.fields['fields']).map(String);
  if (names.length === 0) throw invalid('The parameter fields is required');
  const unknown = names.find((name) => !PARTS[side.platform].includes(name));
  if (unknown !== undefined) throw invalid(`fields must be one of {${PARTS[side.platform].join(', ')}}`);
  side.profile = Object.fromEntries(Object.entries(side.profile).filter(([name]) => !names.includes(name)));
  side.changes.notify();
  return ok({ result: 'success' });
}
