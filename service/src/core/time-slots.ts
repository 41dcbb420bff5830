/**
 * Times to choose where the channel has no picker for them: each is a row, a button or a number whose id carries the time, so that the answer is
 * a time as well, whatever it was shown as. Pure.
 */
import type { InboundContent, OutboundContent, ReplyButton, TimeSlot } from '../../../contract/message.ts';

type TimePicker = Extract<OutboundContent, { type: 'time_picker' }>;
type ChosenSlot = Extract<InboundContent, { type: 'time_slot' }>;

const MINUTE_MS = 60_000;
/** Second of the start and length in milliseconds, in base 36, then the caller's id. */
const ID = /^parley-slot:(-?[0-9a-z]{1,9}):([0-9a-z]{1,9}):(.+)$/su;

/** Makes the id by which a slot is known where it is shown as a button. */
export function idOfSlot({ id, startsAt, durationMs }: TimeSlot): string {
  return `parley-slot:${Math.floor(Date.parse(startsAt) / 1000).toString(36)}:${durationMs.toString(36)}:${id}`;
}

/** Reads the slot that a tapped button stands for; undefined: it is a button like others. `text` is what stood on it. */
export function slotOf(buttonId: string, text: string): ChosenSlot | undefined {
  const [, start = '', duration = '', slotId = ''] = ID.exec(buttonId) ?? [];
  const startsAtMs = parseInt(start, 36) * 1000;
  if (slotId === '' || !(Math.abs(startsAtMs) <= 8.64e15)) return undefined;
  const durationMs = parseInt(duration, 36);
  return { type: 'time_slot', slotId, startsAt: new Date(startsAtMs).toISOString(), durationMs, text };
}

/** Writes each slot as a button: day and time in the language and the zone that are asked for; without a zone in UTC, and saying so. */
export function slotButtons({ slots, timeZone, locale }: TimePicker): (ReplyButton & { description: string })[] {
  const language = locale ?? 'en';
  const time = new Intl.DateTimeFormat(language, {
    ...{ weekday: 'short', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' },
    ...(timeZone === undefined ? { timeZone: 'UTC', timeZoneName: 'short' } : { timeZone }),
  });
  const length = new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', maximumFractionDigits: 0 });
  return slots.map((slot) => ({
    id: idOfSlot(slot),
    title: plainSpaces(time.format(new Date(slot.startsAt))),
    description: plainSpaces(length.format(slot.durationMs / MINUTE_MS)),
  }));
}

/** `Intl` puts narrow spaces that some phones do not show, and that nobody types. */
function plainSpaces(text: string): string {
  return text.replace(/[\u00A0\u202F]/gu, ' ');
}
