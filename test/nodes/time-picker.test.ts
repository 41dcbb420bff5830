/** Times to choose: what is filled in → what the service is asked to send, or what the person at the form is told. */
import { DateTime } from 'luxon';
import type { ParameterError } from '../../nodes/shared/parameters.ts';
import { Parameters } from '../../nodes/shared/parameters.ts';
import { timePicker } from '../../nodes/shared/content/time-picker.ts';
import { outboundContent } from '../../service/src/api/content.schema.ts';
import { caught } from '../conformance/probes.ts';

const files = { has: () => false, upload: async () => Promise.resolve({ mediaId: '1' }) };
const build = (values: Record<string, unknown>) =>
  timePicker.build(new Parameters({ text: 'When?', timeZone: 'Europe/Berlin', ...values }), files);
const fields = (...slot: object[]) => ({ slotsFrom: 'fields', slots: { slot } });
const array = (slotsArray: unknown, more: object = {}) => ({
  slotsFrom: 'array',
  slotsArray,
  slotMinutes: 45,
  ...more,
});

const NINE = '2026-12-03T08:00:00.000Z';
const HALF = 1_800_000;
const picker = (slots: object[], more: object = {}) => ({
  ...{ type: 'time_picker', text: 'When?', slots, timeZone: 'Europe/Berlin', ...more },
});
const nine = (durationMs: number, id = NINE) => ({ id, startsAt: NINE, durationMs });

test.each<[string, Record<string, unknown>, object]>([
  ['a time of the zone', fields({ start: '2026-12-03T09:00:00', minutes: 30 }), picker([nine(HALF)])],
  [
    'a time with an offset',
    fields({ start: '2026-12-03T10:00:00+02:00', minutes: '30', id: 'a' }),
    picker([nine(HALF, 'a')]),
  ],
  [
    'the hour before clocks go back',
    fields({ start: '2026-10-25T01:30', minutes: 30 }),
    picker([{ id: '2026-10-24T23:30:00.000Z', startsAt: '2026-10-24T23:30:00.000Z', durationMs: HALF }]),
  ],
  ['dates as texts', array(['2026-12-03T09:00']), picker([nine(2_700_000)])],
  ['JSON as text', array('["2026-12-03T09:00"]'), picker([nine(2_700_000)])],
  ['dates of JavaScript', array([new Date(NINE)]), picker([nine(2_700_000)])],
  ["n8n's own dates", array([DateTime.fromISO(NINE)]), picker([nine(2_700_000)])],
  ['objects', array([{ start: NINE, minutes: 30, id: 7 }]), picker([nine(HALF, '7')])],
  ['objects with an end', array([{ start: NINE, end: '2026-12-03T08:30:00Z' }]), picker([nine(HALF)])],
  ['slots of the API', array([{ id: 's', startsAt: NINE, durationMs: HALF }]), picker([nine(HALF, 's')])],
  [
    'events of a calendar',
    array([{ id: 'e', start: { dateTime: NINE }, end: { dateTime: '2026-12-03T08:30:00Z' } }]),
    picker([nine(HALF, 'e')]),
  ],
  [
    'a language',
    { ...fields({ start: NINE, minutes: 30 }), locale: 'pt_BR' },
    picker([nine(HALF)], { locale: 'pt-BR' }),
  ],
  [
    'a place',
    { ...fields({ start: NINE, minutes: 30 }), venue: { latitude: 1, longitude: 2, title: 'Shop' } },
    picker([nine(HALF)], { venue: { latitude: 1, longitude: 2, title: 'Shop' } }),
  ],
  [
    'no zone',
    { ...fields({ start: '2026-12-03T08:00', minutes: 30 }), timeZone: '' },
    picker([nine(HALF)], { timeZone: 'UTC' }),
  ],
])('%s', async (_name, values, expected) => {
  const content = await build(values);
  expect(content).toEqual(expected);
  expect(outboundContent.safeParse(content).error).toBeUndefined();
});

test.each<[string, Record<string, unknown>, RegExp, RegExp]>([
  ['no text', { ...fields({ start: NINE }), text: '' }, /^The field 'Text' is empty/, /Text/],
  ['no times', fields(), /^There is no time to choose/, /'Times'/],
  ['an empty array', array([]), /^There is no time to choose/, /'Array of Times'/],
  ['no array', array({ start: NINE }), /^The field 'Array of Times' is not an array/, /array of dates/],
  ['no JSON', array('[oops'), /^The field 'Array of Times' is not valid JSON/, /quotes/],
  ['no time', fields({ start: NINE }, { start: 'soon' }), /^Time 2 has no start that is a time: soon/, /date and time/],
  ['an empty start', fields({ start: '' }), /^Time 1 has no start that is a time$/, /date and time/],
  ['no number', array([{ start: NINE, minutes: 'long' }]), /^Time 1 has no length: long minutes/, /minutes/],
  ['no length', array([{ start: NINE, minutes: 0 }]), /^Time 1 has no length: 0 minutes/, /minutes/],
  [
    'an end before the start',
    array([{ start: NINE, end: '2026-12-03T07:00:00Z' }]),
    /^Time 1 ends before it begins/,
    /end/,
  ],
  ['one ID twice', fields({ start: NINE }, { start: NINE }), /^Two times have the ID '2026-12-03/, /ID of its own/],
  [
    'no zone',
    { ...fields({ start: NINE }), timeZone: 'Moon' },
    /^The field 'Time Zone' is no time zone: Moon/,
    /Europe/,
  ],
  ['no language', { ...fields({ start: NINE }), locale: '!' }, /^The field 'Language' is no language/, /de/],
  [
    'half a place',
    { ...fields({ start: NINE }), venue: { title: 'Shop' } },
    /^The field 'Place' has no position/,
    /Latitude/,
  ],
])('%s is told in the words of the form', (_name, values, message, description) => {
  const error = caught(() => build(values)) as ParameterError;
  expect(error.message).toMatch(message);
  expect(error.description).toMatch(description);
});
