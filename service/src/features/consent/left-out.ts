/** A stop that somebody said before they were erased holds, though it is read only afterwards. */
import type { Preference } from '../../../../contract/event-data.ts';
import { stopWordsOf } from '../../core/account-policy.ts';
import { capabilitiesOf } from '../../core/capabilities.ts';
import { identitiesIn } from '../../core/identity.ts';
import type { LeftOutFact, LeftOutHeeder } from '../../inbound/left-out.ts';
import type { Wish } from '../../store/suppression.store.ts';
import { wishIn } from './hearing.ts';
import { aboutOf } from './heeding.ts';
import { EVERY_MESSAGE, MARKETING, type Wishes } from './wishes.ts';

/** Stores stops as those of the erased are kept, and takes back what the same people take back. */
export function leftOut(wishes: Wishes): LeftOutHeeder {
  return {
    async heed(tx, fact) {
      const { account, event, at } = fact;
      const person = { identities: identitiesIn(account, event.contact.identities) };
      const before = await wishes.find(tx.db, person);
      for (const { stopped, ...about } of saidIn(fact, before)) {
        // A yes says nothing of whom no stop is known.
        const isNews = stopped || before.some((one) => one.topic === about.topic && one.reach === about.reach);
        if (isNews) await wishes.store(tx, person, { ...about, stopped, at });
      }
    },
  };
}

type Said = Pick<Wish, 'topic' | 'reach' | 'stopped'>;

function saidIn({ account, event }: LeftOutFact, before: readonly Wish[]): Said[] {
  if (event.type === 'message.status') {
    const { kind, providerCode } = event.error ?? {};
    if (kind !== 'opted_out' || providerCode === undefined) return [];
    const topic = capabilitiesOf(account).stopCovers === 'all' ? EVERY_MESSAGE : MARKETING;
    return [{ topic, reach: account.id, stopped: true }];
  }
  const preference = preferenceIn({ account, event }, before);
  return preference === undefined
    ? []
    : aboutOf(preference, account).map((about) => ({ ...about, stopped: preference.value === 'stop' }));
}

function preferenceIn(
  { account, event }: Pick<LeftOutFact, 'account' | 'event'>,
  before: readonly Wish[],
): Preference | undefined {
  if (event.type === 'contact.preference') return { ...event.data, topic: event.topic, value: event.value };
  const policy = stopWordsOf(account.settings);
  const isTheirs =
    event.type === 'message.received' ? !event.wishTold : event.type === 'message.edited' && !event.isOwn;
  if (policy === 'off' || !isTheirs || !('content' in event)) return undefined;
  return wishIn(event.content, policy, before);
}
