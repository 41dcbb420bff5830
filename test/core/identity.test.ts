import { addressesIn, type Identity } from '../../service/src/core/identity.ts';

const account = (sendTo?: readonly string[]) => ({
  settings: {},
  channel: { id: 'c', realm: () => 'app', ...(sendTo && { sendTo }) },
});
const known = (kind: string, address = kind, change: Partial<Identity> = {}): Identity => ({
  ...{ channel: 'c', realm: 'app', kind, address },
  ...change,
});

test.each<[string, readonly string[] | undefined, Identity[], string[]]>([
  [
    'those that can be written to, as the channel ranks them',
    ['user', 'external'],
    [known('conversation'), known('external'), known('user')],
    ['user', 'external', 'conversation'],
  ],
  ['of one kind in their order', ['user'], [known('user', 'b'), known('x'), known('user', 'a')], ['b', 'a', 'x']],
  ['all in their order where nobody ranks them', undefined, [known('b'), known('a')], ['b', 'a']],
  [
    'none of another application or channel',
    ['user'],
    [known('user', 'a', { realm: 'other' }), known('user', 'b', { channel: 'd' }), known('user', 'c')],
    ['c'],
  ],
])('an account names a person by %s', (_name, sendTo, identities, expected) => {
  const before = [...identities];
  expect(addressesIn(account(sendTo), identities).map(({ address }) => address)).toEqual(expected);
  expect(identities).toEqual(before);
});
