/** Shapes of times to choose and of pages of forms, as the API checks them. Lengths and counts are the channel's to check. */
import { z } from 'zod';

const text = z.string().min(1);

/** A form is one that the provider keeps, or one that is said. */
export const ONE_FORM = { message: 'Give exactly one of formId and pages', path: ['formId'] };

/** Tells whether `Intl` knows what `read` asks of it. */
function isKnown(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

export const timeZone = text.refine((name) => isKnown(() => new Intl.DateTimeFormat('en', { timeZone: name })), {
  message: 'Give a time zone by its name, such as Europe/Berlin',
});
export const locale = text.refine((tag) => isKnown(() => Intl.getCanonicalLocales(tag)), {
  message: 'Give a language as a tag, such as de or pt-BR',
});

/** Tells whether no two of these have the same id. */
function isUnique(list: readonly { id: string }[]): boolean {
  return new Set(list.map(({ id }) => id)).size === list.length;
}
const UNIQUE = { message: 'Give each an id of its own' };

export const timeSlots = z
  .array(z.strictObject({ id: text, startsAt: z.iso.datetime({ offset: true }), durationMs: z.int().positive() }))
  .min(1)
  .refine(isUnique, UNIQUE);

export const venue = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  title: text.optional(),
  radius: z.number().positive().optional(),
});

const choices = z
  .array(
    z.strictObject({
      id: text,
      title: text,
      value: text.optional(),
      nextPage: text.optional(),
      imageUrl: text.optional(),
    }),
  )
  .min(1)
  .refine(isUnique, UNIQUE);
const page = { id: text, title: text, subtitle: text.optional(), nextPage: text.optional() };
const asked = { label: text.optional(), hint: text.optional() };

export const formPages = z
  .array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('select'), ...page, choices, multiple: z.boolean().optional() }),
      z.strictObject({ type: z.literal('picker'), ...page, choices, label: text.optional() }),
      z.strictObject({
        type: z.literal('date'),
        ...page,
        ...asked,
        first: z.iso.date().optional(),
        last: z.iso.date().optional(),
        start: z.iso.date().optional(),
      }),
      z.strictObject({
        type: z.literal('input'),
        ...page,
        ...asked,
        placeholder: text.optional(),
        required: z.boolean().optional(),
        multiline: z.boolean().optional(),
        maxLength: z.int().positive().optional(),
        format: z.enum(['email', 'phone', 'integer', 'decimal']).optional(),
        pattern: text.optional(),
      }),
    ]),
  )
  .min(1)
  .refine(isUnique, UNIQUE);
