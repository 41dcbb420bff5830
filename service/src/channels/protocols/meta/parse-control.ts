/** Which app answers a thread (conversation routing, before that: handover), and what Meta decides about the account. */
import type { ChannelEvent } from '../../channel.ts';
import { compact, idOf, objectOf, textOf } from '../../kit/json.ts';
import { baseOf, keyOf, type Item } from './item.ts';

/** Ours: the workflows answer. Any other that is known to be another: a person does. */
function ownerOf({ reader, contact }: Item, app: string | undefined): 'bot' | 'human' | undefined {
  if (app === undefined || contact === undefined) return undefined;
  if (reader.inboxAppIds.includes(app)) return 'human';
  if (reader.appId === undefined) return undefined;
  return app === reader.appId ? 'bot' : 'human';
}

function control(member: string, event: string): (item: Item) => ChannelEvent[] {
  return (item) => {
    const about = objectOf(item.raw[member]);
    const newOwner = idOf(about.new_owner_app_id);
    const base = baseOf(item, keyOf(item, 'control', undefined));
    const data = compact({
      event,
      previousOwner: idOf(about.previous_owner_app_id),
      newOwner,
      requestedOwner: idOf(about.requested_owner_app_id),
      metadata: textOf(about.metadata),
    });
    const owner = ownerOf(item, newOwner) ?? base.owner;
    return [compact({ type: 'conversation.control' as const, ...base, owner, data })];
  };
}

export const passEvents = control('pass_thread_control', 'control_passed');
export const takeEvents = control('take_thread_control', 'control_taken');
export const requestEvents = control('request_thread_control', 'control_requested');

/** The roles that apps have on this account, by app id. */
export function rolesEvents(item: Item): ChannelEvent[] {
  const data = { event: 'roles_changed', roles: objectOf(item.raw.app_roles) };
  return [{ type: 'conversation.control', ...baseOf(item, keyOf(item, 'roles', undefined)), data }];
}

/** A warning, a block, or its end. Meta also writes the name with a hyphen. */
export function policyEvents(item: Item): ChannelEvent[] {
  const about = objectOf(item.raw.policy_enforcement ?? item.raw['policy-enforcement']);
  const data = compact({ event: 'policy_enforcement', action: textOf(about.action), reason: textOf(about.reason) });
  return [{ type: 'account.alert', ...baseOf(item, keyOf(item, 'policy', undefined)), data }];
}
