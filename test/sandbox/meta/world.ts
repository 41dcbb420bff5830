import type { JsonObject } from '../kit/json.ts';
import type { Subscription } from '../kit/meta/graph.ts';
import { retryOf, settingsFrom, worldFor, type StandInWorld } from '../kit/stand-in.ts';
import type { Retry } from '../kit/webhooks.ts';
import type { CustomerSettings, CustomerWorld, Person, Platform } from './customer-world.ts';
import { DEFAULT_SETTINGS, type MetaSandboxOptions, type MetaSandboxSettings } from './defaults.ts';
import { createWebhooks } from './webhooks.ts';

/** `mark_seen`, `typing_on`, `typing_off`, `react`, `unreact`. */
export interface SenderAction {
  to: string;
  action: string;
  payload?: JsonObject;
  at: number;
}

/** A reusable file of the business. */
export interface Upload {
  id: string;
  /** `image`, `video`, `audio`, `file`. */
  kind: string;
  mimeType: string;
  content: Buffer;
}

export interface Template {
  id: string;
  name: string;
  language: string;
  category: string;
  status: string;
  components: JsonObject[];
}

export interface Persona {
  id: string;
  name: string;
  imageUrl: string;
}

/** One of the two places where people talk with the business: what `customer*.ts` needs, and what the Graph API keeps besides. */
export interface Side extends CustomerWorld {
  senderActions: SenderAction[];
  uploads: Map<string, Upload>;
  /** The Messenger Profile, by its own member names. */
  profile: JsonObject;
}

/** Everything a sandbox knows: one app, its Page, and the Instagram account linked to it. */
export interface World extends StandInWorld<MetaSandboxSettings> {
  sides: Record<Platform, Side>;
  templates: Map<string, Template>;
  personas: Map<string, Persona>;
  /** Of the app, by object. */
  appSubscriptions: Partial<Record<'page' | 'instagram', Subscription>>;
  /** Fields to which the app is subscribed at the Page and, with its own log-in, at the Instagram account; absent: none. */
  pageFields?: string[];
  igFields?: string[];
}

export const OBJECTS = { messenger: 'page', instagram: 'instagram' } as const;

/** App and account have to be subscribed; the Page of an Instagram account to anything at all. */
function callbackFor(world: World, platform: Platform, field: string): string | undefined {
  const app = world.appSubscriptions[OBJECTS[platform]];
  if (!app?.fields.includes(field)) return undefined;
  if (platform === 'messenger') return world.pageFields?.includes(field) ? app.callbackUrl : undefined;
  return world.pageFields !== undefined || world.igFields?.includes(field) ? app.callbackUrl : undefined;
}

/** The shared settings, as this side reads them: always the current ones. */
function sideSettings(settings: MetaSandboxSettings, platform: Platform): CustomerSettings {
  const isPage = platform === 'messenger';
  return {
    get appId() {
      return settings.appId;
    },
    get appSecret() {
      return settings.appSecret;
    },
    get accountId() {
      return isPage ? settings.pageId : settings.igUserId;
    },
    get inboxAppId() {
      return isPage ? settings.pageInboxAppId : settings.instagramInboxAppId;
    },
    get autoStatuses() {
      return settings.autoStatuses;
    },
    get statusOrder() {
      return settings.statusOrder;
    },
    get namesDelivered() {
      return settings.namesDelivered;
    },
  };
}

function sideOf(world: World, platform: Platform, retry: Retry): Side {
  const bare = {
    platform,
    settings: sideSettings(world.settings, platform),
    clock: world.clock,
    newId: world.newId,
    url: '',
    people: new Map(),
    accepted: new Map(),
    inbound: new Map(),
    files: new Map(),
    threadOwners: new Map(),
    changes: world.changes,
    callbackFor: (field: string) => callbackFor(world, platform, field),
    senderActions: [],
    uploads: new Map(),
    profile: {},
  };
  // The webhooks read the side they are part of: one object, completed here.
  return Object.assign(bare, { webhooks: createWebhooks(bare, retry) });
}

/** An empty world. */
export function createWorld(options: MetaSandboxOptions): World {
  const world: Omit<World, 'sides'> = {
    ...worldFor(settingsFrom(DEFAULT_SETTINGS, options), options),
    templates: new Map(),
    personas: new Map(),
    appSubscriptions: {},
  };
  const whole = world as World;
  const retry = retryOf(options);
  return Object.assign(whole, {
    sides: { messenger: sideOf(whole, 'messenger', retry), instagram: sideOf(whole, 'instagram', retry) },
  });
}

/** A numeric object id, as Graph objects have. */
export function numericId(world: Pick<World, 'newId'>): string {
  const hex = world.newId().replace(/[^0-9a-f]/gi, '');
  return String(1_000_000_000_000_000n + BigInt(`0x${hex.slice(-12) || '1'}`));
}

export const DAY_MS = 24 * 3_600_000;

/** When the window ends in which anything may be sent, milliseconds; undefined: it never was open. */
export function windowEndsAt({ actedAt, adAt }: Person, platform: Platform): number | undefined {
  if (actedAt === undefined) return undefined;
  const adEnd = adAt === undefined || platform === 'instagram' ? 0 : adAt + 7 * DAY_MS;
  return Math.max(actedAt + DAY_MS, adEnd);
}
