import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';

const PAGE = { pageId: '1234567890', pageAccessToken: 'EAAtoken' };
const ACCOUNT = { loginType: 'instagram', igUserId: '17841400000000000', accessToken: 'IGAAtoken' };

test('only the Page and its token are required; the rest has defaults', () => {
  expect(messenger.settings.parse(PAGE)).toEqual({
    ...PAGE,
    apiVersion: 'v25.0',
    baseUrl: 'https://graph.facebook.com',
    inboxAppId: '263902037430900',
    verifyToken: undefined,
  });
});

test.each([
  [{ ...ACCOUNT }, 'https://graph.instagram.com'],
  [{ ...ACCOUNT, loginType: 'facebook', pageId: '1234567890' }, 'https://graph.facebook.com'],
  [{ ...ACCOUNT, baseUrl: 'http://127.0.0.1:8080/' }, 'http://127.0.0.1:8080'],
])('the log-in chooses the host: %j', (given, baseUrl) => {
  expect(instagram.settings.parse(given)).toMatchObject({ baseUrl, apiVersion: 'v25.0' });
});

test('through a Facebook Page the Page is needed, by name', () => {
  const { error } = instagram.settings.safeParse({ ...ACCOUNT, loginType: 'facebook' });
  expect(error?.issues).toMatchObject([{ path: ['pageId'] }]);
});

test('a verify token is made when none is given: the same each time, another for another account', () => {
  const made = (settings: object) =>
    messenger.settings.parse({ ...PAGE, appSecret: 'a-secret', ...settings }).verifyToken;
  expect(made({})).toMatch(/^[0-9a-f]{32}$/);
  expect(made({})).toBe(made({ pageAccessToken: 'another' }));
  expect(made({ pageId: '5' })).not.toBe(made({}));
  expect(made({ verifyToken: 'mine' })).toBe('mine');
  expect(instagram.settings.parse({ ...ACCOUNT, appSecret: 'a-secret' }).verifyToken).toMatch(/^[0-9a-f]{32}$/);
});

const BAD: [string, unknown][] = [
  ['appId', 12],
  ['appSecret', []],
  ['appSecret', ['']],
  ['verifyToken', ''],
  ['apiVersion', '25.0'],
  ['apiVersion', 'v25.0/..'],
  ['baseUrl', 'http://graph.facebook.com'],
  ['baseUrl', 'http://127.0.0.1.evil.example'],
  ['baseUrl', 'https://user:pw@graph.facebook.com'],
  ['baseUrl', 'https://graph.facebook.com/?x=1'],
  ['inboxAppId', 'inbox'],
  ['surplus', 1],
];

const isNamed = (issues: readonly object[] | undefined, name: string): boolean =>
  issues?.some((issue) => {
    const { path, keys } = issue as { path: PropertyKey[]; keys?: string[] };
    return path[0] === name || keys?.includes(name);
  }) ?? false;

test.each([...BAD, ['pageId', '1/../2'], ['pageId', undefined], ['pageAccessToken', '']] as [string, unknown][])(
  'messenger: %s of %j is refused by name',
  (name, value) => {
    expect(isNamed(messenger.settings.safeParse({ ...PAGE, [name]: value }).error?.issues, name)).toBe(true);
  },
);

test.each([
  ...BAD,
  ['igUserId', 'me'],
  ['igUserId', undefined],
  ['accessToken', ''],
  ['loginType', 'google'],
  ['pageId', 'x'],
] as [string, unknown][])('instagram: %s of %j is refused by name', (name, value) => {
  expect(isNamed(instagram.settings.safeParse({ ...ACCOUNT, [name]: value }).error?.issues, name)).toBe(true);
});

test('an account is its Page, or its Instagram id', () => {
  const page = messenger.settings.parse(PAGE);
  const account = instagram.settings.parse(ACCOUNT);
  expect([messenger.externalId(page), messenger.addresses(page)]).toEqual([PAGE.pageId, [PAGE.pageId]]);
  expect([instagram.externalId(account), instagram.addresses(account)]).toEqual([ACCOUNT.igUserId, [ACCOUNT.igUserId]]);
});
