/** Points Meta's webhooks for the Instagram account at its URL. */
import type { ConnectorIo, ProvisioningPower } from '../../connectors/connector.ts';
import { idOf } from '../kit/json.ts';
import { graph, type MetaAccount } from '../protocols/meta/account.ts';
import { linkedAccountOf } from '../protocols/meta/payloads.ts';
import { provision } from '../protocols/meta/provisioning.ts';
import { pageSubscription, removeFromApp, type AppSubscription } from '../protocols/meta/removal.ts';
import { accountOf } from './account.ts';
import type { InstagramSettings } from './settings.ts';

/** Every field of conversations whose events Parley publishes; comments are none. */
export const FIELDS = {
  core: ['messages', 'messaging_postbacks', 'messaging_seen', 'messaging_referral', 'message_reactions'],
  more: ['messaging_handover', 'standby', 'messaging_optins', 'message_edit'],
} as const;

/** The linked Page has to be subscribed to something for its Instagram events to come. */
const PAGE_FIELDS = { core: ['messages'], more: [] } as const;

async function finding(
  settings: InstagramSettings,
  account: MetaAccount,
  io: ConnectorIo,
): Promise<string | undefined> {
  const { igUserId, loginType } = settings;
  if (loginType === 'instagram') {
    // The account also answers to an id of this app's own, by which no webhook names it.
    const query = { fields: 'id,user_id,username' };
    const named = idOf((await graph({ method: 'GET', path: igUserId, query }, account, io)).user_id);
    if (named === undefined || named === igUserId) return undefined;
    return `${igUserId} is the id of this account for the app alone. Webhooks name it as ${named}: igUserId has to be that.`;
  }
  const query = { fields: 'id,name,instagram_business_account' };
  const answer = await graph({ method: 'GET', path: account.node, query }, account, io);
  const linked = linkedAccountOf(answer);
  if (linked === igUserId) return undefined;
  if (linked === undefined) return 'No Instagram account is linked to the Page, or the token lacks instagram_basic.';
  return `The Page is linked to the Instagram account ${linked}: igUserId has to be that.`;
}

/** With the account's own log-in, its token reaches the subscription of its own app only. */
function ownSubscription(igUserId: string): AppSubscription {
  return {
    node: igUserId,
    name: `the Instagram account ${igUserId}`,
    byHand: "If that is not needed, remove the account in the Meta app's Instagram settings.",
    isApp: () => true,
    neededFor: () => undefined,
  };
}

export const provisioning: ProvisioningPower<InstagramSettings> = {
  provision(webhookUrl, settings, io) {
    const account = accountOf(settings);
    const isPage = settings.loginType === 'facebook';
    const setup = {
      account,
      object: 'instagram' as const,
      fields: FIELDS,
      subscribed: { node: account.node, fields: isPage ? PAGE_FIELDS : FIELDS },
      verifyToken: settings.verifyToken,
      ...(isPage && { permissions: ['instagram_basic', 'instagram_manage_messages', 'pages_manage_metadata'] }),
      isSetByHand: !isPage,
      accountFinding: () => finding(settings, account, io),
    };
    return provision(webhookUrl, setup, io);
  },
  remove(removal, settings, io) {
    const { access, node } = accountOf(settings);
    const isPage = settings.loginType === 'facebook';
    const subscription = isPage ? pageSubscription(node, access, 'page') : ownSubscription(node);
    return removeFromApp(removal, { access, object: 'instagram', subscription }, io);
  },
};
