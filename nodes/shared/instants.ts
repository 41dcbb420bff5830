/** Times as forms and expressions give them. Pure. */

const HAS_OFFSET = /(?:Z|[+-]\d\d(?::?\d\d)?)$/i;
const DAY_ONLY = /^\d{4}-\d\d-\d\d$/;

/** How far the clocks of a time zone are ahead of UTC at an instant, in milliseconds. */
function offsetMs(timezone: string, at: number): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

function ofText(text: string, timezone: string): number {
  const written = DAY_ONLY.test(text) ? `${text}T00:00:00` : text.replace(' ', 'T');
  if (HAS_OFFSET.test(written) && written.includes('T')) return Date.parse(written);
  const local = Date.parse(`${written}Z`);
  if (Number.isNaN(local)) return local;
  // Where the clocks change between the two, the second look is right.
  const near = local - offsetMs(timezone, local);
  return local - offsetMs(timezone, near);
}

/** Milliseconds since the epoch, NaN when it is no time. Text without an offset is of `timezone`; `$now` and Date are taken as they are. */
export function readInstant(value: unknown, timezone: string): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'object' && value !== null && 'toMillis' in value && typeof value.toMillis === 'function') {
    return Number(value.toMillis());
  }
  return typeof value === 'string' ? ofText(value.trim(), timezone) : Number.NaN;
}
