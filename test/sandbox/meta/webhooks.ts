import type { JsonObject } from '../kit/json.ts';
import { encodeAsMeta, hubHeaders, postRaw } from '../kit/meta/hub-webhooks.ts';
import { postedBy, posterFor, type Retry } from '../kit/webhooks.ts';
import type { CustomerWorld, Platform, Webhooks } from './customer-world.ts';

/** Which field an event belongs to: a subscription without it does not get the event. */
const FIELDS: Record<Platform, Record<string, string>> = {
  messenger: {
    message: 'messages',
    message_edit: 'message_edits',
    reaction: 'message_reactions',
    postback: 'messaging_postbacks',
    delivery: 'message_deliveries',
    read: 'message_reads',
    optin: 'messaging_optins',
    referral: 'messaging_referrals',
    order: 'send_cart',
    account_linking: 'messaging_account_linking',
    policy_enforcement: 'messaging_policy_enforcement',
    response_feedback: 'response_feedback',
    messaging_feedback: 'messaging_feedback',
    pass_thread_control: 'messaging_handovers',
    take_thread_control: 'messaging_handovers',
    request_thread_control: 'messaging_handovers',
    app_roles: 'messaging_handovers',
  },
  instagram: {
    message: 'messages',
    message_edit: 'message_edit',
    reaction: 'message_reactions',
    postback: 'messaging_postbacks',
    read: 'messaging_seen',
    optin: 'messaging_optins',
    referral: 'messaging_referral',
    pass_thread_control: 'messaging_handover',
    take_thread_control: 'messaging_handover',
    request_thread_control: 'messaging_handover',
  },
};

function fieldOf(platform: Platform, element: JsonObject): string {
  const isEcho = (element['message'] as JsonObject | undefined)?.['is_echo'] === true;
  if (isEcho && platform === 'messenger') return 'message_echoes';
  const found = Object.entries(FIELDS[platform]).find(([member]) => member in element);
  if (found === undefined) throw new Error(`No webhook field for ${Object.keys(element).join(', ')}`);
  return found[1];
}

/** The webhooks of a world. */
export function createWebhooks(world: Omit<CustomerWorld, 'webhooks'>, retry: Retry): Webhooks {
  const poster = posterFor(world, retry, (body) => hubHeaders(world.settings.appSecret, body));
  const post = (field: string, members: JsonObject) => {
    const url = world.callbackFor(field);
    return url === undefined ? undefined : poster.post(url, envelope(world, members));
  };
  const emitTogether: Webhooks['emitTogether'] = (elements, list = 'messaging') => {
    const own = fieldOf(world.platform, elements[0] ?? {});
    return post(list === 'standby' ? 'standby' : own, { [list]: elements });
  };
  return {
    emit: (element, list) => emitTogether([element], list),
    emitTogether,
    emitChange: (change) => post(change.field, { changes: [change] }),
    emitRaw: (body, url = world.callbackFor('messages')) => postRaw(poster, body, url),
    ...postedBy(poster),
  };
}

function envelope({ platform, settings, clock }: Omit<CustomerWorld, 'webhooks'>, members: JsonObject): Buffer {
  const object = platform === 'messenger' ? 'page' : 'instagram';
  return encodeAsMeta({ object, entry: [{ id: settings.accountId, time: clock.now(), ...members }] });
}
