/** Every code of twilio.md 8, and what it means for a message. */
import { ERROR_TABLE, faultOf, ruleOf } from '../../../service/src/channels/twilio/errors.ts';
import type { SendErrorKind } from '../../../service/src/core/errors.ts';

type Row = [kind: SendErrorKind, scope: 'account' | 'recipient' | 'message' | undefined, ...codes: number[]];

const ROWS: Row[] = [
  ['settings', undefined, 20003, 20005, 20008, 30002, 63001, 63112],
  ['settings', undefined, 21210, 21212, 21603, 21601, 21703, 21704, 21705, 63002, 63007, 63008, 63020, 63022],
  ['settings', 'message', 21606, 21219, 21608, 21408, 21609, 21621, 21622, 21710, 21712, 30018, 30024, 30032, 63015],
  ['settings', 'message', 11200, 11205, 11206, 11210, 11215, 11220, 11235, 11237, 12100, 12200, 12300],
  ['throttled', 'account', 20429, 21611, 30001, 30022, 30023, 30027, 63017, 63018, 63038],
  ['throttled', 'recipient', 14107],
  ['uncertain', undefined, 20500, 20503, 30008, 30020, 30021, 30410, 63009, 63010, 63012, 63023],
  ['unavailable', 'message', 30003, 30017, 63019, 63029, 63037],
  ['invalid', undefined, 21201, 21604, 21211, 21217, 21401, 21602, 21617, 21618, 21620, 21623, 21624, 21910, 11751],
  ['invalid', undefined, 21654, 21655, 21656, 30012, 30013, 30014, 30015, 30016, 30019],
  ['invalid', undefined, 63005, 63006, 63011, 63021, 63025, 63027, 63028, 63030, 63031, 63034, 63040, 63041],
  ['rejected', undefined, 20404, 21214, 21612, 21614, 30004, 30005, 30006, 30007, 30009, 30010, 30011],
  ['rejected', undefined, 63003, 63013, 63014, 63024, 63026, 63032, 63033, 63035, 63036, 63039, 63049],
  ['opted_out', undefined, 21610],
  ['session_closed', undefined, 63016],
];

const CODES = ROWS.flatMap(([kind, scope, ...codes]) => codes.map((code) => [code, kind, scope] as const));

test.each(CODES)('%i is %s', (code, kind, scope) => {
  expect(ruleOf(code)).toMatchObject({ kind, ...(scope && { scope }) });
  if (scope === undefined) expect(ruleOf(code)?.scope).toBeUndefined();
  expect(faultOf(String(code), 'why')).toMatchObject({ kind, details: { providerCode: String(code) } });
});

test('no code has two rules', () => {
  const codes = ERROR_TABLE.flatMap(([code]) =>
    typeof code === 'number' ? [code] : Array.from({ length: code[1] - code[0] + 1 }, (_, index) => code[0] + index),
  );
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test.each(ERROR_TABLE.filter(([, { kind }]) => kind === 'settings').map(([code, { hint }]) => [code, hint]))(
  '%j tells how to mend it',
  (_code, hint) => {
    expect(hint).toMatch(/\.$/);
  },
);

test('an unknown code is refused with it, none at all with what there is', () => {
  expect(faultOf(99_999, 'Odd.')).toEqual({ kind: 'rejected', message: 'Odd', details: { providerCode: '99999' } });
  expect(faultOf(undefined, '')).toEqual({ kind: 'rejected', message: 'Twilio gave no reason', details: {} });
  expect(faultOf('63016', undefined).message).toMatch(/^Twilio's error 63016\. Send a template/);
});
