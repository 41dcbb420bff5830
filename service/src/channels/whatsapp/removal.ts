/**
 * Takes back what was set up at Meta for a number: its override, the subscription of its WhatsApp Business account when no other account
 * here needs that, and the app's callback with the last account of the app.
 */
import type { ProvisioningStep } from '../../../../contract/api.ts';
import type { ConnectorIo, Removal } from '../../connectors/connector.ts';
import { idOf, objectOf, textOf } from '../kit/json.ts';
import { missing, passed, unlessRefused } from '../kit/steps.ts';
import { removeFromApp, type AppSubscription } from '../protocols/meta/removal.ts';
import { accessOf, graph } from './graph.ts';
import type { WhatsAppSettings } from './settings.ts';
import { WABA_OBJECT } from './webhook-fields.ts';

type Gone = Removal<WhatsAppSettings>;

/** An empty URL takes the override away. */
async function endOverride(
  { webhookUrls }: Gone,
  settings: WhatsAppSettings,
  io: ConnectorIo,
): Promise<ProvisioningStep> {
  const step = 'number_override';
  const path = settings.phoneNumberId;
  const answer = await graph({ method: 'GET', path, query: { fields: 'id,webhook_configuration' } }, settings, io);
  const current = textOf(objectOf(answer.webhook_configuration).phone_number);
  if (current === undefined || !webhookUrls.includes(current)) return passed(step);
  const json = { webhook_configuration: { override_callback_uri: '' } };
  await graph({ method: 'POST', path, json }, settings, io);
  return passed(step);
}

/** What else may need the WABA's subscription: its own override to somebody else. */
function subscriptionOf({ webhookUrls, others }: Gone, settings: WhatsAppSettings): AppSubscription | undefined {
  const { appId, wabaId } = settings;
  if (wabaId === undefined || others.some((other) => other.wabaId === wabaId)) return undefined;
  return {
    node: wabaId,
    name: `the WhatsApp Business account ${wabaId}`,
    byHand: `If nothing else needs that, call DELETE /${wabaId}/subscribed_apps in Meta's Graph API Explorer with the app's token.`,
    isApp: (entry) => idOf(objectOf(entry.whatsapp_business_api_data).id) === appId,
    neededFor: (_callbacks, entry) => {
      const override = textOf(entry.override_callback_uri);
      return override === undefined || webhookUrls.includes(override) ? undefined : `Its messages go to ${override}`;
    },
  };
}

export async function remove(removal: Gone, settings: WhatsAppSettings, io: ConnectorIo): Promise<ProvisioningStep[]> {
  const { phoneNumberId } = settings;
  const stays =
    `So messages of the number ${phoneNumberId} may go on to ${removal.webhookUrls[0]}: if they do, remove its webhook override ` +
    '(POST to the number in the Graph API Explorer, webhook_configuration with an empty override_callback_uri).';
  const override = await unlessRefused(
    () => endOverride(removal, settings, io),
    ({ message }) => missing('number_override', `${message} ${stays}`),
  );
  const subscription = subscriptionOf(removal, settings);
  const use = { access: accessOf(settings), object: WABA_OBJECT, ...(subscription && { subscription }) };
  return [override, ...(await removeFromApp(removal, use, io))];
}
