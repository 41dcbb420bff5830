/** Message templates: each call goes to the channel of the account with its settings, and a channel without any refuses. */
import { Templates } from '../../../service/src/features/templates/templates.ts';
import type { TemplatePower } from '../../../service/src/channels/channel.ts';
import { CREDENTIAL as INSTAGRAM } from '../../channels/instagram/support.ts';
import { CREDENTIAL as NUMBER, PHONE_ID } from '../../channels/whatsapp/support.ts';
import { alwaysAnswering, json } from '../../conformance/fake-io.ts';
import { accountOf, accountsOf } from '../../support/accounts-of.ts';

const WITH = { channel: 'whatsapp', externalId: PHONE_ID };
const { io } = alwaysAnswering(json(200, {}));
const number = accountOf('whatsapp', NUMBER);
const bare = accountOf('instagram', INSTAGRAM);
const WITHOUT = { channel: 'instagram', externalId: bare.externalId };
let calls: unknown[][];

/** Notes every call, and answers with the name of what was called. */
const noting = (name: string) =>
  async function (...given: unknown[]) {
    calls.push([name, ...given]);
    return { answer: name };
  };
const power = Object.fromEntries(
  ['list', 'get', 'create', 'edit', 'remove'].map((name) => [name, noting(name)]),
) as Record<keyof TemplatePower<unknown>, ReturnType<typeof noting>> as object as TemplatePower<unknown>;
const account = { ...number, channel: { ...number.channel, templates: power } };
const templates = new Templates({ accounts: accountsOf(account, bare), io });

beforeEach(() => {
  calls = [];
});

const made = { name: 'hello', language: 'en', category: 'UTILITY', components: [{ type: 'BODY', text: 'Hi' }] };
const CALLS: [string, (ref: typeof WITH) => Promise<unknown>, unknown[], boolean][] = [
  ['list', (ref) => templates.list(ref, { status: 'APPROVED' }), [{ status: 'APPROVED' }], true],
  ['get', (ref) => templates.get(ref, 't1'), ['t1'], true],
  ['create', (ref) => templates.create(ref, made), [made], true],
  ['edit', (ref) => templates.edit(ref, 't1', { category: 'MARKETING' }), ['t1', { category: 'MARKETING' }], false],
  ['remove', (ref) => templates.remove(ref, { name: 'hello', id: 't1' }), [{ name: 'hello', id: 't1' }], false],
];

test.each(CALLS)('%s is done by the channel', async (name, call, given, isAnswered) => {
  expect(await call(WITH)).toEqual(isAnswered ? { answer: name } : undefined);
  expect(calls).toEqual([[name, ...given, account.settings, io]]);
});

test.each(CALLS)(
  '%s is refused where the channel has no templates, or nobody registered the account',
  async (_n, call) => {
    await expect(call(WITHOUT)).rejects.toMatchObject({ status: 400, code: 'unsupported_by_channel' });
    await expect(call({ ...WITH, externalId: '1' })).rejects.toMatchObject({ status: 409, code: 'account_required' });
    expect(calls).toEqual([]);
  },
);
