/** Says what a stop speaks against. */
import type { LiveAccount } from '../../connectors/live.ts';
import { has } from '../../channels/channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { iso } from '../../core/clock.ts';
import { SendError } from '../../core/errors.ts';
import type { Reason } from '../../core/send-permission.ts';
import type { PermissionRule, RuleFacts } from '../../outbound/permission.ts';
import type { Ledger } from '../../store/ledger.ts';
import * as messages from '../../store/message.store.ts';
import * as former from '../../store/stop.store.ts';
import * as categories from '../../store/template-category.store.ts';
import type { TemplateName } from '../../store/template-category.store.ts';
import type { Db } from '../../store/unit-of-work.ts';
import { ALL, EVERY_MESSAGE, MARKETING, type Wishes } from './wishes.ts';

export interface RuleDeps {
  wishes: Wishes;
  ledger: Ledger;
  io: ConnectorIo;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Providers change categories by themselves, and not all of them tell. */
const CATEGORY_MS = DAY;
/** Bounds how long what a contact asks for is answered. */
const ANSWER_MS = DAY;
/** One confirmation is allowed within this time (47 CFR 64.1200(a)(12)). */
export const CONFIRM_MS = 5 * MINUTE;

interface Stop {
  topic: string;
  at: number;
}

export function stopRule({ wishes, ledger, io }: RuleDeps): PermissionRule {
  const stopsOf = async (
    db: Db,
    { identities, accountId, contactId, purpose, template }: RuleFacts,
  ): Promise<Stop[]> => {
    const found: Stop[] = await wishes.standing(db, { id: contactId, identities }, accountId);
    if (contactId === undefined || (purpose !== 'campaign' && template === undefined)) return found;
    const at = await former.stoppedAt(db, contactId);
    return at === undefined ? found : [...found, { topic: MARKETING, at }];
  };
  return {
    about: 'consent',
    async refuses(facts, db) {
      const stops = await stopsOf(db, facts);
      const [first] = stops;
      if (first === undefined) return undefined;
      const every = stops.find(({ topic }) => topic === EVERY_MESSAGE);
      if (every) return refusal(`The contact said stop at ${iso(every.at)}, and the provider sends them nothing more.`);
      const category =
        facts.template && (await categories.find(db, facts.accountId, facts.template, facts.now - CATEGORY_MS));
      if (facts.purpose === 'campaign' || category === 'MARKETING')
        return refusal(`The contact asked for no more marketing messages at ${iso(first.at)}.`);
      if (facts.kind === 'template' && facts.template === undefined) return refusal(UNNAMED_TEMPLATE);
      if (facts.template !== undefined && category === undefined)
        return { ...refusal(UNKNOWN_CATEGORY), mayLearn: true };
      const all = stops.find(({ topic }) => topic === ALL);
      if (all === undefined || category === 'AUTHENTICATION' || (await isAnswer(db, facts, all.at))) return undefined;
      return refusal(`The contact said stop at ${iso(all.at)}: only what they ask for is answered.`);
    },
    async learn(facts, account) {
      const { template, accountId, now } = facts;
      if (template === undefined) return;
      const category = await categoryAt(account, template, io);
      if (category !== undefined) await ledger.write((tx) => categories.put(tx, accountId, template, category, now));
    },
  };
}

const UNKNOWN_CATEGORY =
  'The contact asked for no more marketing messages, and the provider does not tell now whether this template is one.';

const UNNAMED_TEMPLATE =
  'The contact asked for no more marketing messages: name the template that is asked about, and its language.';

const refusal = (detail: string): Reason => ({ code: 'opted_out', detail });

/**
 * Tells whether it answers what the contact wrote after the stop. Where there are session windows, they say so of everything but templates; where there are
 * none, nothing tells an answer from a notice, and what is said at once is a farewell. What waited for the contact to write was said before.
 */
async function isAnswer(db: Db, facts: RuleFacts, stoppedAt: number): Promise<boolean> {
  const { capabilities, conversationId, template, now, waitsSince } = facts;
  if (waitsSince !== undefined && waitsSince <= stoppedAt) return false;
  if (capabilities.window !== undefined && template === undefined) return true;
  if (capabilities.window === undefined && Math.abs(now - stoppedAt) <= CONFIRM_MS) return true;
  const last = conversationId === undefined ? undefined : await messages.newest(db, conversationId, 'inbound');
  return last !== undefined && last.statusAt > stoppedAt && now - last.statusAt < ANSWER_MS;
}

/** Finds the provider's category of a template, in capitals; of several of the name, the strictest. Undefined: it does not tell. */
async function categoryAt({ channel, settings }: LiveAccount, { name, language }: TemplateName, io: ConnectorIo) {
  if (!has(channel, 'templates')) return undefined;
  const power = channel.templates;
  try {
    const { data } = await power.list({ name, limit: 100 }, settings, io);
    const named = data.filter((one) => one.name === name || one.id === name);
    const found = named.length > 0 ? named : [await power.get(name, settings, io)];
    const inLanguage = found.filter((one) => language === '' || one.language === language);
    const said = (inLanguage.length > 0 ? inLanguage : found).map(({ category }) => category.toUpperCase());
    return said.find((category) => category === 'MARKETING') ?? said[0];
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    return undefined;
  }
}
