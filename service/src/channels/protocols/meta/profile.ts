/**
 * What greets people before they write: the Messenger Profile (`messenger_profile`), which Instagram shares. Ten calls in ten
 * minutes per Page.
 */
import { z } from 'zod';
import type { ChannelAction } from '../../channel.ts';
import type { ConnectorIo } from '../../../connectors/connector.ts';
import { compact, flagOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { graph, type MetaAccount } from './account.ts';
import { LIMITS } from './limits.ts';

/** Characters, of which an emoji is one. */
const text = (max: number): z.ZodString =>
  z
    .string()
    .min(1)
    .refine((value) => [...value].length <= max, `may have at most ${max} characters`);
const locale = z.string().regex(/^(default|[a-z]{2,3}_[A-Z]{2})$/, 'must be "default" or a locale like en_US');
const payload = text(LIMITS.payload);

const menuItem = z.union([
  z.strictObject({ title: text(30), payload }),
  z.strictObject({ title: text(30), url: z.url({ protocol: /^https?$/ }).max(LIMITS.url) }),
]);
const items = z.array(menuItem).min(1).max(5);
const iceBreakers = z
  .array(
    z.strictObject({
      locale,
      questions: z
        .array(z.strictObject({ question: text(80), payload }))
        .min(1)
        .max(4),
    }),
  )
  .min(1);
const hasDefault = (list: readonly { locale: string }[]): boolean => list.some((entry) => entry.locale === 'default');
const withDefault = 'must have an entry with the locale "default"';

const isNotEmpty = (parts: object): boolean => Object.values(parts).some((part) => part !== undefined);
const nothing = 'at least one part has to be given';

export const messengerProfile = z
  .strictObject({
    /** Payload of the button that stands in an empty conversation. */
    getStarted: payload.optional(),
    greetings: z
      .array(z.strictObject({ locale, text: text(160) }))
      .min(1)
      .refine(hasDefault, withDefault)
      .optional(),
    iceBreakers: iceBreakers.refine(hasDefault, withDefault).optional(),
    menus: z
      .array(z.strictObject({ locale, composerDisabled: z.boolean().optional(), items }))
      .min(1)
      .refine(hasDefault, withDefault)
      .optional(),
  })
  .refine(isNotEmpty, nothing);

export const instagramProfile = z
  .strictObject({
    iceBreakers: iceBreakers.refine(hasDefault, withDefault).optional(),
    menus: z.array(z.strictObject({ locale, items })).min(1).refine(hasDefault, withDefault).optional(),
  })
  .refine(isNotEmpty, nothing);

/** Parley's name of a part → Meta's. */
const PARTS = {
  getStarted: 'get_started',
  greetings: 'greeting',
  iceBreakers: 'ice_breakers',
  menus: 'persistent_menu',
} as const;
export type ProfilePart = keyof typeof PARTS;

type Profile = z.output<typeof messengerProfile>;

const menuButton = (item: z.output<typeof menuItem>): JsonObject =>
  'url' in item ? { type: 'web_url', ...item } : { type: 'postback', ...item };

/** As Meta takes it. */
function renderProfile({ getStarted, greetings, iceBreakers: asked, menus }: Profile): JsonObject {
  return compact({
    get_started: getStarted === undefined ? undefined : { payload: getStarted },
    greeting: greetings,
    ice_breakers: asked?.map(({ questions, locale: of }) => ({ call_to_actions: questions, locale: of })),
    persistent_menu: menus?.map(({ locale: of, composerDisabled, items: entries }) =>
      compact({
        locale: of,
        composer_input_disabled: composerDisabled,
        call_to_actions: entries.map(menuButton),
      }),
    ),
  });
}

const actionsOf = (entry: JsonObject): JsonObject[] => objectsOf(entry.call_to_actions);

/**
 * The parts of an answer, each by its name. Meta documents questions that stand there without (page "Ice Breakers" of Instagram), and tells those that
 * were set before there were locales without any.
 */
function partsOf(answer: JsonObject): JsonObject {
  const data = objectsOf(answer.data);
  const bare = data.filter((entry) => actionsOf(entry).some(({ question }) => question !== undefined));
  const found: JsonObject = Object.assign({}, ...data);
  const asked = bare.length > 0 ? bare : found.ice_breakers;
  const old = objectsOf(asked).filter(({ question }) => question !== undefined);
  return { ...found, ice_breakers: old.length > 0 ? [{ call_to_actions: old }] : asked };
}

/** What Meta answers, in the words of `profile.set`. */
export function readProfile(answer: JsonObject): JsonObject {
  const found = partsOf(answer);
  const list = (value: unknown, read: (entry: JsonObject) => JsonObject): JsonObject[] | undefined =>
    Array.isArray(value) ? objectsOf(value).map(read) : undefined;
  return compact({
    getStarted: textOf(objectOf(found.get_started).payload),
    greetings: list(found.greeting, (entry) => ({ locale: entry.locale, text: entry.text })),
    iceBreakers: list(found.ice_breakers, (entry) => ({
      locale: textOf(entry.locale) ?? 'default',
      questions: actionsOf(entry).map(({ question, payload: of }) => ({ question, payload: of })),
    })),
    menus: list(found.persistent_menu, (entry) =>
      compact({
        locale: textOf(entry.locale) ?? 'default',
        composerDisabled: flagOf(entry.composer_input_disabled),
        items: actionsOf(entry).map(({ title, payload: of, url }) => compact({ title, payload: of, url })),
      }),
    ),
  });
}

/** `profile.get`, `profile.set` and `profile.remove` of a channel that has these parts. */
export function profileActions<S>(
  accountOf: (settings: S) => MetaAccount,
  parts: readonly [ProfilePart, ...ProfilePart[]],
  profile: z.ZodType<Profile>,
): Record<'profile.get' | 'profile.set' | 'profile.remove', ChannelAction<S>> {
  const named = z.strictObject({ parts: z.array(z.enum(parts)).min(1) });
  const call = (
    method: 'GET' | 'POST' | 'DELETE',
    body: JsonObject,
    settings: S,
    io: ConnectorIo,
  ): Promise<JsonObject> => {
    const account = accountOf(settings);
    const path = `${account.node}/messenger_profile`;
    const { platform } = account;
    const said =
      method === 'GET'
        ? { query: { ...(body as Record<string, string>), platform } }
        : { json: body, query: { platform } };
    return graph({ method, path, ...said }, account, io);
  };
  return {
    'profile.get': {
      input: z.strictObject({}),
      changes: false,
      run: async (_input, settings, io) => {
        const fields = parts.map((part) => PARTS[part]).join(',');
        return { profile: readProfile(await call('GET', { fields }, settings, io)) };
      },
    },
    'profile.set': {
      input: profile as z.ZodType<Record<string, unknown>>,
      changes: true,
      run: async (input, settings, io) => {
        await call('POST', renderProfile(input), settings, io);
        return { set: parts.filter((part) => input[part] !== undefined) };
      },
    },
    'profile.remove': {
      input: named,
      changes: true,
      run: async (input, settings, io) => {
        const removed = named.parse(input).parts;
        await call('DELETE', { fields: removed.map((part) => PARTS[part]) }, settings, io);
        return { removed };
      },
    },
  };
}
