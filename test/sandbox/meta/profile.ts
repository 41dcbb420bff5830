import type { HttpReply } from '../kit/http-server.ts';
import { isObject, listOf, type JsonObject } from '../kit/json.ts';
import * as s from '../kit/schema.ts';
import type { Platform } from './customer-world.ts';
import { invalid } from './errors.ts';
import { ok, sideOf, type GraphCall } from './graph-call.ts';

const menuItem = s.choose('type', {
  postback: s.open({ title: s.text(30), payload: s.text(1000) }),
  web_url: s.open({ title: s.text(30), url: s.url() }),
});
const ACTIONS = {
  ice_breakers: s.list(s.open({ question: s.text(80), payload: s.text(1000) }), 1, 4),
  persistent_menu: s.list(menuItem, 1, 20),
};

/** Entries, one of them for who speaks another language. */
const entries = (name: string, entry: s.Check): s.Check =>
  s.all(
    s.list(s.open({}), 1, 50),
    s.rule(
      (all: JsonObject[]) => all.some(({ locale }) => locale === 'default'),
      `${name} needs an entry of the locale default`,
    ),
    s.list(entry, 1, 50),
  );

function partsOf(platform: Platform): Record<string, s.Check> {
  const isMessenger = platform === 'messenger';
  const lists = Object.entries(ACTIONS).map(([name, actions]) => {
    const members = s.open({ call_to_actions: actions });
    return [name, entries(name, isMessenger ? members : s.all(s.known('locale', 'call_to_actions'), members))] as const;
  });
  const own = {
    get_started: s.open({ payload: s.text(1000) }),
    greeting: entries('greeting', s.open({ text: s.text(160) })),
  };
  return { ...(isMessenger && own), ...Object.fromEntries(lists) };
}

const PARTS: Record<Platform, Record<string, s.Check>> = {
  messenger: partsOf('messenger'),
  instagram: partsOf('instagram'),
};

/** Names of parts. */
const names = (platform: Platform): string[] => Object.keys(PARTS[platform]);

/** POST /{account}/messenger_profile. */
export function setProfile(call: GraphCall): HttpReply {
  const side = sideOf(call);
  const { platform: _, access_token: __, appsecret_proof: ___, ...parts } = call.fields;
  s.check(s.known(...names(side.platform)), parts, side, 'messenger_profile');
  if (Object.keys(parts).length === 0) throw invalid('Nothing is set');
  for (const [name, value] of Object.entries(parts))
    s.check(PARTS[side.platform][name] ?? s.open({}), value, side, name);
  const whole = { ...side.profile, ...parts };
  if (side.platform === 'messenger' && whole['persistent_menu'] !== undefined && whole['get_started'] === undefined) {
    throw invalid('You must set a Get Started button if you also wish to use persistent menu', 2018145);
  }
  side.profile = whole;
  side.changes.notify();
  return ok({ result: 'success' });
}

function checkNames(given: string[], platform: Platform): void {
  const isKnown = given.every((name) => names(platform).includes(name));
  if (!isKnown) throw invalid(`fields must be one of {${names(platform).join(', ')}}`);
}

/** GET /{account}/messenger_profile?fields=… */
export function readProfile(call: GraphCall): HttpReply {
  const side = sideOf(call);
  const asked = String(call.fields['fields'] ?? '').split(',');
  checkNames(asked, side.platform);
  const found = Object.fromEntries(Object.entries(side.profile).filter(([name]) => asked.includes(name)));
  return ok({ data: isObject(found) && Object.keys(found).length > 0 ? [found] : [] });
}

/** DELETE /{account}/messenger_profile with `fields`. */
export function removeProfile(call: GraphCall): HttpReply {
  const side = sideOf(call);
  const gone = listOf(call.fields['fields']).map(String);
  if (gone.length === 0) throw invalid('The parameter fields is required');
  checkNames(gone, side.platform);
  side.profile = Object.fromEntries(Object.entries(side.profile).filter(([name]) => !gone.includes(name)));
  side.changes.notify();
  return ok({ result: 'success' });
}
