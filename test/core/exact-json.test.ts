import fc from 'fast-check';
import { parseExactly } from '../../service/src/core/exact-json.ts';

test.each<[string, unknown]>([
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', '9007199254740993'],
  ['-9007199254740993', '-9007199254740993'],
  ['{"app_id":1234567890123456789}', { app_id: '1234567890123456789' }],
  ['{"app_id" : 1234567890123456789 }', { app_id: '1234567890123456789' }],
  ['[1234567890123456789,1]', ['1234567890123456789', 1]],
  ['{"a":{"b":[{"c":\n123456789012345678901234567890}]}}', { a: { b: [{ c: '123456789012345678901234567890' }] } }],
  [
    '{"said":"order: 1234567890123456789, thanks","lat":52.520006599999999}',
    { said: 'order: 1234567890123456789, thanks', lat: 52.5200066 },
  ],
  [
    '{"a":1234567890123456,"b":12345678901234567.5,"c":1e300}',
    { a: 1234567890123456, b: 12345678901234567.5, c: 1e300 },
  ],
  ['{"__proto__":12345678901234567890}', JSON.parse('{"__proto__":"12345678901234567890"}')],
])('%s', (text, expected) => {
  expect(parseExactly(text)).toEqual(expected);
});

test('throws for what is no JSON', () => {
  expect(() => parseExactly('{"a":12345678901234567890')).toThrow(SyntaxError);
});

test('every integer is read as it is written, and all else as JSON.parse reads it', () => {
  const integers = fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n });
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      integers,
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('value')),
    object: fc.dictionary(fc.string(), tie('value')),
  })).value;
  const write = (value: unknown): string => {
    if (typeof value === 'bigint') return String(value);
    if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    return `{${Object.entries(value)
      .map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`)
      .join(',')}}`;
  };
  const read = (value: unknown): unknown => {
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    if (Array.isArray(value)) return value.map(read);
    if (typeof value !== 'object' || value === null) return JSON.parse(JSON.stringify(value));
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, read(member)]));
  };
  fc.assert(
    fc.property(tree, (value) => {
      const expected = read(value);
      // `fromEntries` gives an own member, as `JSON.parse` does.
      expect(parseExactly(write(value))).toEqual(expected);
    }),
  );
});
