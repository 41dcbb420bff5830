import { resolveContact, resolvePerson, spelledFor, type Participant } from '../../service/src/contacts/resolve.ts';
import type { Identity } from '../../service/src/core/identity.ts';
import { makeIds } from '../../service/src/core/ids.ts';
import { NO_WINDOW } from '../../service/src/core/session-window.ts';
import * as contacts from '../../service/src/store/contact.store.ts';
import * as conversations from '../../service/src/store/conversation.store.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { manualClock } from '../sandbox/kit/clock.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

const CHANNEL = 'c';
const user = (address: string): Identity => ({ channel: CHANNEL, realm: '', kind: 'user_id', address });
const phone = (address: string): Identity => ({ channel: CHANNEL, realm: '', kind: 'phone', address });
const [ANA, BEN] = [user('US.ana'), user('US.ben')];
const [P1, P2] = [phone('15550001111'), phone('15550002222')];
/** One subscriber in Brazil, as everybody writes the number and as WhatsApp does. */
const [NEW, OLD] = [phone('5531987654321'), phone('553187654321')];
const accountOf = (id: string, channel = CHANNEL) => ({ id, settings: {}, channel: { id: channel, realm: () => '' } });
const ACCOUNT = accountOf('acc');

const open = tempLedgers();
const clock = manualClock(1_750_000_000_000);
const ids = makeIds(clock);
let ledger: Ledger;

beforeEach(async () => {
  ledger = await open();
});

const seen = (...identities: Identity[]) => ledger.write((tx) => resolveContact(tx, ids, { identities }, clock.now()));
const met = (
  identities: Identity[],
  profile: { name?: string; username?: string } = {},
  account = ACCOUNT,
): Promise<Participant> =>
  ledger.write((tx) => resolvePerson(tx, ids, account, { identities, ...profile }, clock.now()));
const count = async () => (await ledger.reader.selectFrom('contacts').select('id').execute()).length;

/** Who is seen, one after the other, and whether each is the same person as the one before them at that place. */
test.each<[string, Identity[][], number[], number]>([
  ['the same number twice', [[P1], [P1]], [0, 0], 1],
  ['two numbers', [[P1], [P2]], [0, 1], 2],
  ['a number, then its user id', [[P1], [ANA, P1]], [0, 0], 1],
  ['a number, its user id, the user id alone, the number alone', [[P1], [ANA, P1], [ANA], [P1]], [0, 0, 0, 0], 1],
  ['a user id, then its number', [[ANA], [ANA, P1], [P1]], [0, 0, 0], 1],
  ['a number given to another person', [[ANA, P1], [BEN, P1], [P1]], [0, 1, 1], 2],
  ['a number given to a person who is known', [[ANA, P1], [BEN], [BEN, P1], [P1], [ANA]], [0, 1, 1, 1, 0], 2],
  ['a person with a new number, who keeps the old', [[ANA, P1], [ANA, P2], [P1], [P2]], [0, 0, 0, 0], 1],
  ['two who turn out to be one', [[P1], [ANA], [ANA, P1], [P1], [ANA]], [0, 1, 1, 1, 1], 1],
  ['three who turn out to be one', [[P1], [P2], [ANA, P1, P2], [P1], [P2]], [0, 1, 0, 0, 0], 1],
  ['a number that comes back', [[ANA, P1], [BEN, P1], [ANA, P1], [P1]], [0, 1, 0, 0], 2],
  ['a number in two spellings', [[NEW], [OLD], [NEW]], [0, 0, 0], 1],
  ['a number in two spellings at once', [[NEW, OLD], [OLD], [NEW]], [0, 0, 0], 1],
  ['a number in two spellings, and its user id', [[NEW], [ANA, OLD], [NEW], [ANA]], [0, 0, 0, 0], 1],
  ['a user id with one spelling, then the other', [[ANA, OLD], [NEW], [ANA, NEW]], [0, 0, 0], 1],
  ['a number in another spelling given to another person', [[ANA, OLD], [BEN, NEW], [OLD], [NEW]], [0, 1, 1, 1], 2],
])('%s', async (_name, sightings, people, left) => {
  const found: string[] = [];
  for (const identities of sightings) found.push(await seen(...identities));
  const known: string[] = [];
  for (const [i, id] of found.entries()) known[people[i] ?? 0] ??= id;
  expect(found).toEqual(people.map((person) => known[person]));
  expect(new Set(known).size).toBe(known.length);
  expect(await count()).toBe(left);
});

const written = (identity: Identity) =>
  ledger.write((tx) => resolveContact(tx, ids, { identities: [identity], isWritten: true }, clock.now()));
const addresses = async (id: string) =>
  (await contacts.find(ledger.reader, id, CHANNEL))?.identities.map(({ address }) => address);

test('what somebody writes teaches nothing of whom the provider spells in another way', async () => {
  const ana = await seen(OLD);
  clock.advance(1);
  expect(await written(NEW)).toBe(ana);
  expect(await addresses(ana)).toEqual([OLD.address]);
});

test('what the provider writes is learned after what somebody wrote', async () => {
  const ana = await written(NEW);
  clock.advance(1);
  expect(await seen(OLD)).toBe(ana);
  expect(await addresses(ana)).toEqual([NEW.address, OLD.address]);
  const contact = await contacts.find(ledger.reader, ana, CHANNEL);
  if (contact === undefined) throw new Error('nobody');
  expect(spelledFor(ACCOUNT, contact, { kind: 'phone', address: NEW.address })?.address).toBe(OLD.address);
  expect(spelledFor(ACCOUNT, contact, { kind: 'phone', address: P1.address })).toBeUndefined();
});

describe('two contacts of before spellings were known', () => {
  /** As releases stored them that compared letter by letter. */
  const stored = (id: string, ...identities: Identity[]) =>
    ledger.write(async (tx) => {
      await contacts.create(tx, id, 1);
      for (const identity of identities) await contacts.addIdentity(tx, id, identity, 1);
    });

  test.each<[string, Identity[], Identity[], Identity[], string, number]>([
    ['are one as soon as one of them is seen', [NEW], [OLD], [OLD], 'two', 1],
    ['are one when somebody writes to them', [NEW], [OLD], [NEW], 'one', 1],
    ['are one with the user id of either', [ANA, NEW], [OLD], [OLD], 'two', 1],
    ['stay two where user ids tell them apart', [ANA, NEW], [BEN, OLD], [OLD], 'two', 2],
    ['stay two, and the number goes to who is named with it', [ANA, NEW], [BEN, OLD], [BEN, NEW], 'two', 2],
  ])('%s', async (_name, one, two, sighting, expected, left) => {
    await stored('one', ...one);
    await stored('two', ...two);
    expect(await seen(...sighting)).toBe(expected);
    expect(await count()).toBe(left);
  });
});

test('a number that moves takes no conversation along', async () => {
  const ana = await met([ANA, P1], { name: 'Ana' });
  const ben = await met([BEN, P1], { name: 'Ben' });
  expect(ben.contact.id).not.toBe(ana.contact.id);
  expect(ben.conversation.id).not.toBe(ana.conversation.id);
  expect(ben.contact).toMatchObject({ name: 'Ben', identities: expect.arrayContaining([BEN, P1]) });
  expect((await contacts.find(ledger.reader, ana.contact.id, CHANNEL))?.identities).toEqual([ANA]);
  expect((await met([ANA])).conversation.id).toBe(ana.conversation.id);
  expect((await met([P1])).conversation.id).toBe(ben.conversation.id);
});

test('two who turn out to be one have one conversation with each account, with the window of both', async () => {
  const other = accountOf('acc 2');
  const byPhone = await met([P1], { name: 'Ana' });
  const elsewhere = await met([P1], {}, other);
  const window = { ...NO_WINDOW, expiresAt: 99, openedBy: 'message' as const, heardAt: 9 };
  await ledger.write((tx) => conversations.setWindow(tx, byPhone.conversation.id, window));
  const byId = await met([ANA], { username: 'ana' });
  const both = await met([ANA, P1]);
  expect(both.contact).toMatchObject({ id: byId.contact.id, name: 'Ana', username: 'ana' });
  expect(both.conversation).toMatchObject({ id: byId.conversation.id, window });
  expect((await conversations.find(ledger.reader, byPhone.conversation.id))?.id).toBe(byId.conversation.id);
  expect((await met([P1], {}, other)).conversation).toMatchObject({
    id: elsewhere.conversation.id,
    contactId: byId.contact.id,
  });
});

describe('a profile', () => {
  test('is kept until a new one comes', async () => {
    const first = await met([P1], { name: 'Ana', username: 'ana' });
    expect(first.contact).toMatchObject({ name: 'Ana', username: 'ana' });
    expect((await met([P1])).contact).toMatchObject({ name: 'Ana', username: 'ana' });
    expect((await met([P1], { name: 'Ana B' })).contact).toMatchObject({ name: 'Ana B', username: 'ana' });
    expect(await contacts.find(ledger.reader, first.contact.id, CHANNEL)).toMatchObject({ name: 'Ana B' });
  });
});

test('a conversation starts with a bot and no window, and is the same for the same account and contact', async () => {
  const { conversation, contact } = await met([P1]);
  expect(conversation).toMatchObject({
    accountId: 'acc',
    contactId: contact.id,
    owner: 'bot',
    window: NO_WINDOW,
    choices: [],
  });
  expect((await met([P1])).conversation).toEqual(conversation);
  expect((await met([P1], {}, accountOf('acc 2'))).conversation.id).not.toBe(conversation.id);
});

test('the same address on another channel is somebody else', async () => {
  const here = await met([P1]);
  const there = await met([P1], {}, accountOf('acc 2', 'other'));
  expect(there.contact.id).not.toBe(here.contact.id);
});

test('nobody is no contact', async () => {
  await expect(seen()).rejects.toThrow('A contact needs an identity');
  expect(await count()).toBe(0);
});
