/** Accounts as features are given them, without a ledger. */
import type { AccountRef } from '../../contract/channel.ts';
import { findChannel } from '../../service/src/channels/registry.ts';
import type { LiveAccount } from '../../service/src/connectors/live.ts';
import { ParleyError } from '../../service/src/core/errors.ts';

/** Makes an account of a channel from settings as a credential gives them. */
export function accountOf(channelId: string, given: Record<string, unknown>): LiveAccount {
  const channel = findChannel(channelId);
  const settings = channel.settings.parse(given);
  const externalId = channel.externalId(settings);
  const never = { former: null, perSecond: null, pause: null, throttle: null };
  const names = { id: `acc_${channelId}_${externalId}`, name: null, connectionId: `cnn_${channelId}`, digest: '' };
  return { ...names, channel, externalId, settings, createdAt: 0, updatedAt: 0, ...never };
}

/** Finds these accounts by what callers name; any other is `account_required`. */
export function accountsOf(...all: LiveAccount[]) {
  return {
    list: () => all,
    required: async ({ channel, externalId }: AccountRef): Promise<LiveAccount> => {
      const found = all.find((one) => one.channel.id === channel && one.externalId === externalId);
      if (found === undefined) throw new ParleyError(409, 'account_required', 'No such account');
      return found;
    },
  };
}
