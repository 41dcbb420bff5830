/** Times to choose as a form: each by itself, or all from an array that a calendar or a booking system gave. */
import type { INodeProperties } from 'n8n-workflow';
import type { OutboundContent, TimeSlot, Venue } from '../../../contract/message.ts';
import { listField } from '../collections.ts';
import { readInstant } from '../instants.ts';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import { showFor, type ContentKind } from './kind.ts';
import { textField } from './text.ts';

const MINUTE_MS = 60_000;
/** No appointment is longer than a month. */
const MAX_MINUTES = 31 * 24 * 60;

const minutesField: INodeProperties = {
  displayName: 'Minutes',
  name: 'minutes',
  type: 'number',
  typeOptions: { minValue: 1, maxValue: MAX_MINUTES },
  default: 30,
  description: 'How long it takes',
};

const slotFields = listField(
  { displayName: 'Times', name: 'slots', description: 'What the contact can choose from' },
  { displayName: 'Time', name: 'slot' },
  [
    {
      displayName: 'Start',
      name: 'start',
      type: 'dateTime',
      default: '',
      description: "When it begins. Without an offset it is of 'Time Zone'.",
    },
    minutesField,
    {
      displayName: 'ID',
      name: 'id',
      type: 'string',
      default: '',
      placeholder: 'e.g. tuesday-10',
      description: "What comes back as 'slotId' when it is chosen. Empty: the start in UTC.",
    },
  ],
);

/** The fields beside the text. */
export const timeFields: INodeProperties[] = [
  {
    displayName: 'Times From',
    name: 'slotsFrom',
    type: 'options',
    noDataExpression: true,
    options: [
      {
        name: 'An Array',
        value: 'array',
        description: 'All from an expression, as a calendar or a booking system gives them',
      },
      { name: 'Fields Below', value: 'fields', description: 'Each by itself' },
    ],
    default: 'fields',
    description: 'Where the times come from',
  },
  ...showFor([slotFields], { slotsFrom: ['fields'] }),
  ...showFor(
    [
      {
        displayName: 'Array of Times',
        name: 'slotsArray',
        type: 'json',
        default: '[]',
        placeholder: "e.g. {{ $('Free Slots').all().map(({ json }) => json.start) }}",
        description:
          "Dates, or objects with 'start', with 'end' or 'minutes', and with an ID if you like. What has neither end nor minutes lasts as long as 'Minutes Each'.",
      },
      { ...minutesField, displayName: 'Minutes Each', name: 'slotMinutes' },
    ],
    { slotsFrom: ['array'] },
  ),
  {
    displayName: 'Time Zone',
    name: 'timeZone',
    type: 'string',
    default: '={{ $now.zoneName }}',
    placeholder: 'e.g. Europe/Berlin',
    description: 'The zone that times are read and shown in. As it stands, that of the workflow.',
  },
  {
    displayName: 'Language',
    name: 'locale',
    type: 'string',
    default: '',
    placeholder: 'e.g. de',
    description: 'The language that days and times are written in, as a code. Empty: English.',
  },
  {
    displayName: 'Place',
    name: 'venue',
    type: 'collection',
    placeholder: 'Add Field',
    default: {},
    description: 'Where it takes place',
    options: [
      { displayName: 'Latitude', name: 'latitude', type: 'number', typeOptions: { numberPrecision: 7 }, default: 0 },
      { displayName: 'Longitude', name: 'longitude', type: 'number', typeOptions: { numberPrecision: 7 }, default: 0 },
      { displayName: 'Name', name: 'title', type: 'string', default: '', placeholder: 'e.g. Shop, Main Street 1' },
    ],
  },
];

/** One time as it was given, whatever by. */
interface Given {
  start: unknown;
  end?: unknown;
  minutes?: unknown;
  id?: unknown;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function zoneOf(parameters: Parameters): string {
  const zone = parameters.optional('timeZone')?.trim() ?? 'UTC';
  if (attempt(() => new Intl.DateTimeFormat('en', { timeZone: zone }))) return zone;
  throw new ParameterError(
    `The field 'Time Zone' is no time zone: ${zone}`,
    "Give 'Time Zone' a name such as Europe/Berlin.",
  );
}

function localeOf(parameters: Parameters): string | undefined {
  const locale = parameters.optional('locale')?.trim();
  if (locale === undefined) return undefined;
  const [canonical] = attempt(() => Intl.getCanonicalLocales(locale.replace('_', '-'))) ?? [];
  if (canonical !== undefined) return canonical;
  throw new ParameterError(
    `The field 'Language' is no language: ${locale}`,
    "Give 'Language' a code such as de or pt-BR.",
  );
}

/** Calendars write an instant as a member of its own. */
function instantOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || 'toMillis' in value) return value;
  const { dateTime, date } = value as { dateTime?: unknown; date?: unknown };
  return dateTime ?? date;
}

/** What an element of the array says: a date by itself, or an object around it. */
function givenIn(element: unknown): Given {
  const isObject = typeof element === 'object' && element !== null;
  if (!isObject || element instanceof Date || 'toMillis' in element) return { start: element };
  const { start, startsAt, end, endsAt, minutes, durationMs, id } = element as Record<string, unknown>;
  const lasting = minutes ?? (typeof durationMs === 'number' ? durationMs / MINUTE_MS : undefined);
  return { start: instantOf(start ?? startsAt ?? element), end: instantOf(end ?? endsAt), minutes: lasting, id };
}

function arrayIn(parameters: Parameters): Given[] {
  const value = parameters.json('slotsArray', 'Array of Times');
  if (Array.isArray(value)) return value.map(givenIn);
  throw new ParameterError(
    "The field 'Array of Times' is not an array",
    "Give 'Array of Times' an expression whose result is an array of dates, e.g. {{ $json.slots }}.",
  );
}

function fieldsIn(parameters: Parameters): Given[] {
  return parameters.list('slots', 'slot').map((entry) => ({
    start: entry.value('start'),
    minutes: entry.optional('minutes'),
    id: entry.optional('id'),
  }));
}

function minutesOf({ end, minutes }: Given, startsAt: number, each: number, zone: string, place: string): number {
  if (end !== undefined && minutes === undefined) {
    const endsAt = readInstant(end, zone);
    if (endsAt > startsAt) return (endsAt - startsAt) / MINUTE_MS;
    throw new ParameterError(
      `${place} ends before it begins, or its end is no time`,
      "Give it an end after its start, or 'minutes'.",
    );
  }
  const lasting = Number(minutes ?? each);
  if (lasting > 0 && lasting <= MAX_MINUTES) return lasting;
  throw new ParameterError(
    `${place} has no length: ${String(minutes ?? each)} minutes`,
    `Give it 1 to ${MAX_MINUTES} minutes.`,
  );
}

function slotOf(given: Given, index: number, each: number, zone: string): TimeSlot {
  const place = `Time ${index + 1}`;
  const at = readInstant(given.start, zone);
  if (Number.isNaN(at)) {
    const written = typeof given.start === 'string' && given.start !== '' ? `: ${given.start}` : '';
    throw new ParameterError(
      `${place} has no start that is a time${written}`,
      'Give each time a date and time as its start.',
    );
  }
  const startsAt = new Date(at).toISOString();
  const id = given.id === undefined || given.id === null || given.id === '' ? startsAt : String(given.id);
  return { id, startsAt, durationMs: Math.round(minutesOf(given, at, each, zone, place) * MINUTE_MS) };
}

function slotsOf(parameters: Parameters, zone: string): TimeSlot[] {
  const isArray = parameters.text('slotsFrom') === 'array';
  const given = isArray ? arrayIn(parameters) : fieldsIn(parameters);
  const field = isArray ? 'Array of Times' : 'Times';
  if (given.length === 0) throw new ParameterError('There is no time to choose', `Add one in '${field}'.`);
  const each = isArray ? (parameters.optionalNumber('slotMinutes', 'Minutes Each') ?? 30) : 30;
  const slots = given.map((one, index) => slotOf(one, index, each, zone));
  const ids = new Set<string>();
  for (const { id } of slots) {
    if (ids.has(id))
      throw new ParameterError(`Two times have the ID '${id}'`, `Give each time in '${field}' an ID of its own.`);
    ids.add(id);
  }
  return slots;
}

function venueOf(parameters: Parameters): Venue | undefined {
  const venue = parameters.group('venue');
  const [latitude, longitude] = [
    venue.optionalNumber('latitude', 'Latitude'),
    venue.optionalNumber('longitude', 'Longitude'),
  ];
  const title = venue.optional('title');
  if (latitude === undefined && longitude === undefined && title === undefined) return undefined;
  if (latitude !== undefined && longitude !== undefined) return compact({ latitude, longitude, title });
  throw new ParameterError(
    "The field 'Place' has no position",
    "Add 'Latitude' and 'Longitude' to 'Place', or leave it out.",
  );
}

/** Times to choose below a text. */
export function timesBelow(text: string, parameters: Parameters): OutboundContent {
  const timeZone = zoneOf(parameters);
  return compact({
    ...{ type: 'time_picker' as const, text, slots: slotsOf(parameters, timeZone), timeZone },
    ...{ locale: localeOf(parameters), venue: venueOf(parameters) },
  });
}

export const timePicker: ContentKind = {
  type: 'time_picker',
  name: 'Times to Choose',
  description: 'A text with times, as a list, buttons or numbers; the answer tells which one',
  fields: [textField, ...timeFields],
  build: (parameters) => timesBelow(parameters.required('text', 'Text'), parameters),
};
