/** Times as n8n's forms and expressions give them. */
import { readInstant } from '../../nodes/shared/instants.ts';
import { Parameters } from '../../nodes/shared/parameters.ts';

const NEW_YORK = 'America/New_York';
const iso = (value: unknown, zone = NEW_YORK) => new Date(readInstant(value, zone)).toISOString();

test.each<[string, unknown, string, string]>([
  ['the picker', '2026-01-15T09:30:00', NEW_YORK, '2026-01-15T14:30:00.000Z'],
  ['the picker in summer', '2026-07-15T09:30:00', NEW_YORK, '2026-07-15T13:30:00.000Z'],
  ['the picker east of Greenwich', '2026-01-15T09:30:00', 'Asia/Kolkata', '2026-01-15T04:00:00.000Z'],
  ['the hour after the clocks went forward', '2026-03-08T03:30:00', NEW_YORK, '2026-03-08T07:30:00.000Z'],
  ['the hour before they go forward', '2026-03-08T01:30:00', NEW_YORK, '2026-03-08T06:30:00.000Z'],
  ['a day', '2026-01-15', NEW_YORK, '2026-01-15T05:00:00.000Z'],
  ['a time with a space', '2026-01-15 09:30', NEW_YORK, '2026-01-15T14:30:00.000Z'],
  ['UTC', '2026-01-15T09:30:00.5Z', NEW_YORK, '2026-01-15T09:30:00.500Z'],
  ['an offset', '2026-01-15T09:30:00+02:00', NEW_YORK, '2026-01-15T07:30:00.000Z'],
  ['midnight', '2026-01-15T00:00:00', NEW_YORK, '2026-01-15T05:00:00.000Z'],
  ['a Date', new Date('2026-01-15T09:30:00Z'), NEW_YORK, '2026-01-15T09:30:00.000Z'],
  ["Luxon's time", { toMillis: () => Date.UTC(2026, 0, 15) }, NEW_YORK, '2026-01-15T00:00:00.000Z'],
])('%s', (_name, value, zone, expected) => {
  expect(iso(value, zone)).toBe(expected);
});

test.each([['yesterday'], ['2026-13-45T00:00:00'], [{}], [true], ['']])('%j is no time', (value) => {
  expect(readInstant(value, NEW_YORK)).toBeNaN();
});

test('a field that is empty is undefined, one that is no time is named', () => {
  const parameters = new Parameters({ from: '', to: 'soon', at: '2026-01-15T09:30:00Z' });
  expect(parameters.instant('from', 'From', NEW_YORK)).toBeUndefined();
  expect(parameters.instant('none', 'None', NEW_YORK)).toBeUndefined();
  expect(parameters.instant('at', 'At', NEW_YORK)).toBe('2026-01-15T09:30:00.000Z');
  expect(() => parameters.instant('to', 'To', NEW_YORK)).toThrow("The field 'To' is not a time: soon");
});
