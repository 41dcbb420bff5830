import fc from 'fast-check';
import { idOfSlot, slotButtons, slotOf } from '../../service/src/core/time-slots.ts';

const SLOT = { id: 'visit', startsAt: '2026-07-10T17:00:00+02:00', durationMs: 3_600_000 };
const picker = (more: object = {}) => ({ type: 'time_picker' as const, text: 'When?', slots: [SLOT], ...more });

test.each<[object, string, string]>([
  [{}, 'Fri, Jul 10, 3:00 PM UTC', '60 min'],
  [{ timeZone: 'Europe/Berlin' }, 'Fri, Jul 10, 5:00 PM', '60 min'],
  [{ timeZone: 'Europe/Berlin', locale: 'de' }, 'Fr., 10. Juli, 17:00', '60 Min.'],
  [{ timeZone: 'America/Sao_Paulo', locale: 'pt-BR' }, 'sex., 10 de jul., 12:00', '60 min'],
])('a slot with %j is called', (more, title, description) => {
  expect(slotButtons(picker(more))).toEqual([{ id: idOfSlot(SLOT), title, description }]);
});

test('a button that stands for a time is that time', () => {
  const startsAt = '2026-07-10T15:00:00.000Z';
  const slot = { type: 'time_slot', slotId: 'visit', startsAt, durationMs: 3_600_000, text: 'at five' };
  expect(slotOf(idOfSlot(SLOT), 'at five')).toEqual(slot);
});

test.each(['visit', 'parley-slot:', 'parley-slot:a:b:', 'parley-slot:A:b:c', 'parley-slot:zzzzzzzzzz:b:c', ':a:b:c'])(
  'the button %j is a button like others',
  (id) => expect(slotOf(id, 'a')).toBeUndefined(),
);

test('every slot comes back from its id', () => {
  const slot = fc.record({
    id: fc.string({ minLength: 1, unit: 'grapheme' }),
    startsAt: fc
      .date({ min: new Date('1970-01-01'), max: new Date('2999-01-01'), noInvalidDate: true })
      .map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000).toISOString()),
    durationMs: fc.integer({ min: 1, max: 2 ** 31 }),
  });
  fc.assert(
    fc.property(slot, ({ id, ...when }) => {
      expect(slotOf(idOfSlot({ id, ...when }), 't')).toEqual({ type: 'time_slot', slotId: id, ...when, text: 't' });
    }),
  );
});
