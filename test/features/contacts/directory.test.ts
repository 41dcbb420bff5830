/** Who somebody is by an address: of one account or of any, and only where no other could be meant. */
import { resolveContact } from '../../../service/src/contacts/resolve.ts';
import type { Identity } from '../../../service/src/core/identity.ts';
import { makeIds } from '../../../service/src/core/ids.ts';
import { Directory } from '../../../service/src/features/contacts/directory.ts';
import * as contacts from '../../../service/src/store/contact.store.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import { CREDENTIAL as PAGE, PAGE_ID } from '../../channels/messenger/support.ts';
import { CREDENTIAL as NUMBER, PHONE_ID } from '../../channels/whatsapp/support.ts';
import { manualClock } from '../../sandbox/kit/clock.ts';
import { accountOf, accountsOf } from '../../support/accounts-of.ts';
import { tempLedgers } from '../../support/temp-ledger.ts';

const OTHER_PAGE = '9876543210';
const [one, other] = [accountOf('messenger', PAGE), accountOf('messenger', { ...PAGE, pageId: OTHER_PAGE })];
const all = accountsOf(accountOf('whatsapp', NUMBER), one, other);
const open = tempLedgers();
const clock = manualClock(1_750_000_000_000);
const ids = makeIds(clock);
let ledger: Ledger;
let directory: Directory;

beforeEach(async () => {
  ledger = await open();
  directory = new Directory({ ledger, accounts: all, ids, clock });
});

const phone = (address: string): Identity => ({ channel: 'whatsapp', realm: '', kind: 'phone', address });
const psid = (pageId: string): Identity => ({ channel: 'messenger', realm: pageId, kind: 'psid', address: '24681012' });
const met = (...identities: Identity[]) => ledger.write((tx) => resolveContact(tx, ids, { identities }, clock.now()));

test.each(['15550001111', '+15550001111', '+1 (555) 000-1111'])(
  'a number finds its contact, written %s',
  async (to) => {
    const id = await met(phone('15550001111'));
    await met(phone('15550002222'));
    expect(await directory.contactIdOf({ channel: 'whatsapp' }, to)).toBe(id);
    expect(await directory.contactIdOf({ channel: 'whatsapp', externalId: PHONE_ID }, to)).toBe(id);
  },
);

test('two who hold spellings of one number are one once somebody asks for it', async () => {
  const spelled = { con_1: '5531987654321', con_2: '553187654321' };
  for (const [id, address] of Object.entries(spelled)) {
    await ledger.write(async (tx) => {
      await contacts.create(tx, id, 1);
      await contacts.addIdentity(tx, id, phone(address), 1);
    });
  }
  const found = await directory.contactIdOf({ channel: 'whatsapp' }, '+553187654321');
  const holders = await contacts.holdersOf(ledger.reader, phone('5531987654321'));
  expect(new Set(holders.map(({ contactId }) => contactId))).toEqual(new Set([found]));
});

test('an id that each Page chooses anew finds the person of that Page, and without a Page only where it is one', async () => {
  const mine = await met(psid(PAGE_ID));
  expect(await directory.contactIdOf({ channel: 'messenger' }, '24681012')).toBe(mine);
  const theirs = await met(psid(OTHER_PAGE));
  expect(await directory.contactIdOf({ channel: 'messenger', externalId: PAGE_ID }, '24681012')).toBe(mine);
  expect(await directory.contactIdOf({ channel: 'messenger', externalId: OTHER_PAGE }, '24681012')).toBe(theirs);
  const asked = directory.contactIdOf({ channel: 'messenger' }, '24681012');
  await expect(asked).rejects.toMatchObject({
    code: 'invalid_request',
    extra: { errors: [{ field: 'externalId' }] },
  });
});

test.each([
  ['somebody unknown', { channel: 'whatsapp' }, '+15550009999', 404, 'not_found'],
  [
    'an account that nobody registered',
    { channel: 'whatsapp', externalId: '1' },
    '+15550001111',
    409,
    'account_required',
  ],
  ['a channel that there is not', { channel: 'pigeon' }, '+15550001111', 404, 'unknown_channel'],
  ['what is no address', { channel: 'whatsapp' }, 'Ana', 400, 'invalid_recipient'],
])('%s is refused', async (_name, account, address, status, code) => {
  await met(phone('15550001111'));
  await expect(directory.contactIdOf(account, address)).rejects.toMatchObject({ status, code });
});
