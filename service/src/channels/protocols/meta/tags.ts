/** Message tags: which still let something be sent outside the window, and which no longer do (page "Message tags"). */

/** For what a person wrote, within 7 days. */
export const HUMAN_AGENT = 'HUMAN_AGENT';

const SINCE_2026 = 'Meta refuses it since 2026-04-27. A utility template (Messenger) says the same';

const RETIRED: Readonly<Record<string, string>> = {
  CONFIRMED_EVENT_UPDATE: SINCE_2026,
  ACCOUNT_UPDATE: SINCE_2026,
  POST_PURCHASE_UPDATE: SINCE_2026,
  NON_PROMOTIONAL_SUBSCRIPTION: 'it is for registered news pages only, since 2020-03-04',
  CUSTOMER_FEEDBACK: 'it is for the feedback template only, which the current pages no longer have',
};

const BEFORE_2020 = [
  'COMMUNITY_ALERT',
  'PAIRING_UPDATE',
  'APPLICATION_UPDATE',
  'PAYMENT_UPDATE',
  'PERSONAL_FINANCE_UPDATE',
  'SHIPPING_UPDATE',
  'RESERVATION_UPDATE',
  'ISSUE_RESOLUTION',
  'APPOINTMENT_UPDATE',
  'GAME_EVENT',
  'TRANSPORTATION_UPDATE',
  'FEATURE_FUNCTIONALITY_UPDATE',
  'TICKET_UPDATE',
  'BUSINESS_PRODUCTIVITY',
];

/** Why a tag cannot be used any more, with the date; undefined: nothing is known against it. */
export function retiredTag(tag: string): string | undefined {
  if (BEFORE_2020.includes(tag)) return `${tag} cannot be used: Meta refuses it since 2020-03-04`;
  const reason = Object.hasOwn(RETIRED, tag) ? RETIRED[tag] : undefined;
  return reason === undefined ? undefined : `${tag} cannot be used: ${reason}`;
}
