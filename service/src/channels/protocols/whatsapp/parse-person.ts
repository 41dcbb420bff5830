/** What a person wishes or becomes: fields `user_preferences`, `user_id_update` and clicks in marketing messages. */
import type { ChannelEvent } from '../../channel.ts';
import { compact, idOf, instantOf, objectOf, textOf, type JsonObject } from '../../kit/json.ts';
import { baseOf, unsupported, type Change } from './change.ts';
import { contactOf, identitiesOf } from './identity.ts';

const WISHES = new Map([
  ['stop', 'stop' as const],
  ['resume', 'resume' as const],
  ['signup', 'signup' as const],
]);

/** One element of `user_preferences[]`. Its category `marketing_messages` is the topic `marketing`. */
export function preferenceEvent(change: Change, wish: JsonObject): ChannelEvent {
  const contact = contactOf(identitiesOf(wish.user_id, wish.wa_id), change.profiles);
  const value = WISHES.get(textOf(wish.value) ?? '');
  const at = instantOf(wish.timestamp);
  if (contact === undefined || value === undefined) {
    return unsupported(change, 'preference that is not known', wish, { at, contact });
  }
  const category = textOf(wish.category) ?? 'marketing_messages';
  const who = contact.identities[0]?.address;
  return {
    type: 'contact.preference',
    ...baseOf(change, 'preference', at === undefined ? undefined : [who, category, value, at].join(':'), wish, at),
    contact,
    topic: category.replace(/_messages$/, ''),
    value,
    data: compact({ category, detail: textOf(wish.detail), signupId: idOf(wish.signup_id) }),
  };
}

/** One element of `user_id_update[]`: the person's business-scoped id was made anew. */
export function userIdEvent(change: Change, update: JsonObject): ChannelEvent {
  const { previous, current } = objectOf(update.user_id);
  const at = instantOf(update.timestamp);
  const contact = contactOf(identitiesOf(previous, update.wa_id), change.profiles);
  const added = identitiesOf(current);
  if (contact === undefined || added.length === 0) {
    return unsupported(change, 'identity change that names nobody', update, { at, contact });
  }
  return {
    type: 'contact.identity_changed',
    ...baseOf(change, 'user_id', undefined, update, at),
    contact,
    added,
    data: compact({ event: 'user_id_update', text: textOf(update.detail) }),
  };
}

/** One element of `user_actions[]`. */
export function actionEvent(change: Change, action: JsonObject): ChannelEvent {
  const click = objectOf(action.marketing_messages_link_click_data);
  const at = instantOf(action.timestamp);
  const contact = contactOf(identitiesOf(action.user_id, action.wa_id, action.from), change.profiles);
  const clickId = idOf(click.click_id);
  if (Object.keys(click).length === 0) {
    return unsupported(change, `action "${textOf(action.action_type) ?? 'none'}" is not known`, action, {
      at,
      contact,
    });
  }
  return compact({
    type: 'link.clicked' as const,
    ...baseOf(change, 'click', clickId, action, at),
    contact,
    data: compact({
      component: textOf(click.click_component),
      productId: idOf(click.product_id),
      clickId,
      trackingToken: textOf(click.tracking_token),
    }),
  });
}
