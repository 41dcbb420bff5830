/** Points Meta's webhooks for the Page at its URL. */
import type { ProvisioningPower } from '../../connectors/connector.ts';
import { idOf } from '../kit/json.ts';
import { graph } from '../protocols/meta/account.ts';
import { provision } from '../protocols/meta/provisioning.ts';
import { pageSubscription, removeFromApp } from '../protocols/meta/removal.ts';
import { accountOf } from './account.ts';
import type { MessengerSettings } from './settings.ts';

/**
 * Every field whose events Parley publishes. Not `response_feedback`, which puts buttons under each message, nor `feed`, which is
 * no conversation.
 */
export const FIELDS = {
  core: ['messages', 'messaging_postbacks', 'message_deliveries', 'message_reads', 'message_echoes'],
  more: [
    'message_reactions',
    'message_edits',
    'messaging_optins',
    'messaging_referrals',
    'messaging_handovers',
    'standby',
    'messaging_account_linking',
    'messaging_policy_enforcement',
    'messaging_feedback',
    'send_cart',
    'messenger_template_status_update',
    'inbox_labels',
  ],
} as const;

export const provisioning: ProvisioningPower<MessengerSettings> = {
  provision(webhookUrl, settings, io) {
    const account = accountOf(settings);
    const { pageId, verifyToken } = settings;
    const setup = {
      account,
      object: 'page' as const,
      fields: FIELDS,
      subscribed: { node: pageId, fields: FIELDS },
      verifyToken,
      permissions: ['pages_messaging', 'pages_manage_metadata'],
      isSetByHand: false,
      async accountFinding() {
        const answer = await graph({ method: 'GET', path: pageId, query: { fields: 'id,name' } }, account, io);
        return idOf(answer.id) === pageId ? undefined : 'Meta does not know the Page by this id.';
      },
    };
    return provision(webhookUrl, setup, io);
  },
  remove(removal, settings, io) {
    const { access } = accountOf(settings);
    const subscription = pageSubscription(settings.pageId, access, 'instagram');
    return removeFromApp(removal, { access, object: 'page', subscription }, io);
  },
};
