import { isAllowedAddress, parseAllowedNetworks, PUBLIC_ONLY } from '../../service/src/platform/addresses.ts';

describe('isAllowedAddress', () => {
  test.each([
    ['93.184.215.14', true],
    ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', true],
    ['::ffff:93.184.215.14', true],
    ['127.0.0.1', false],
    ['127.8.8.8', false],
    ['::1', false],
    ['::ffff:127.0.0.1', false],
    ['10.0.0.1', false],
    ['172.16.0.1', false],
    ['192.168.1.1', false],
    ['100.64.0.1', false],
    ['fd12:3456::1', false],
    ['64:ff9b::8.8.8.8', true],
    ['198.18.0.1', false],
    ['::10.0.0.1', false],
    ['64:ff9b:1::808:808', false],
    ['64:ff9b:1:a00:1:0:808:808', false],
    ['2001:0:1::1', false],
    ['192.0.2.1', false],
    ['240.0.0.1', false],
    ['not an address', false],
    ['', false],
  ])('public only: %s → %s', (ip, allowed) => {
    expect(isAllowedAddress(ip, PUBLIC_ONLY)).toBe(allowed);
  });

  test.each([
    ['loopback', '127.0.0.1', true],
    ['loopback', '::1', true],
    ['loopback', '::ffff:127.0.0.1', true],
    ['loopback', '10.0.0.1', false],
    ['private', '10.0.0.1', true],
    ['private', '100.64.0.1', true],
    ['private', 'fd12:3456::1', true],
    ['private', '127.0.0.1', false],
    ['private', '64:ff9b::10.0.0.1', true],
    ['none', '10.0.0.1', false],
    ['loopback, private', '192.168.7.7', true],
    ['10.1.0.0/16', '10.1.2.3', true],
    ['10.1.0.0/16', '10.2.2.3', false],
    ['198.18.0.0/15', '198.18.0.1', true],
    ['fd12::/16', 'fd12::1', true],
    ['fd12::/16', '10.0.0.1', false],
  ])('with %s: %s → %s', (networks, ip, allowed) => {
    expect(isAllowedAddress(ip, parseAllowedNetworks(networks))).toBe(allowed);
  });

  test.each([
    '169.254.169.254',
    '169.254.1.1',
    '::ffff:169.254.169.254',
    '64:ff9b::169.254.169.254',
    '2002:a9fe:a9fe::1',
    'fe80::1',
    'fd00:ec2::254',
    'fd20:ce::254',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    '0.0.0.0',
    '::',
    '::2',
    '::7f00:1',
    '::a9fe:a9fe',
    '255.255.255.255',
    '224.0.0.1',
    'ff02::1',
  ])('%s is refused whatever is allowed', (ip) => {
    expect(isAllowedAddress(ip, parseAllowedNetworks('loopback,private,0.0.0.0/0,::/0'))).toBe(false);
  });

  test.each(['64:ff9b::10.0.0.1', '2002:0a00:0001::1', '64:ff9b::127.0.0.1'])(
    'public only: %s leads to a private address',
    (ip) => {
      expect(isAllowedAddress(ip, PUBLIC_ONLY)).toBe(false);
    },
  );
});

describe('parseAllowedNetworks', () => {
  test.each(['everything', '10.0.0.0', '10.0.0.0/33', 'loopback private'])(
    'refuses %s without repeating it',
    (text) => {
      expect(() => parseAllowedNetworks(text)).toThrow(/comma list of loopback, private, none or CIDR/);
      expect(() => parseAllowedNetworks(text)).not.toThrow(new RegExp(text.replace(/[.]/g, '\\.') + '$'));
    },
  );

  test.each(['', 'none', ' , '])('"%s" allows nothing', (text) => {
    expect(parseAllowedNetworks(text)).toEqual({ loopback: false, private: false, cidrs: [] });
  });
});
