/** What people write: a stop is heard in every language and writing, and nothing is heard in ordinary talk. */
import fc from 'fast-check';
import { folded } from '../../../service/src/features/consent/folding.ts';
import { isOffered, isRevocation, readWish } from '../../../service/src/features/consent/reading.ts';
import { WORDS } from '../../../service/src/features/consent/words.ts';
import { ordinarySentences } from './ordinary.ts';

const stops = Object.values(WORDS).flatMap(({ stop, alsoStop = [] }) => [...stop, ...alsoStop]);
const starts = Object.values(WORDS).flatMap(({ start = [] }) => start);

test('there are at least 150 words in at least 30 languages, and no word says both', () => {
  expect(new Set(stops.map(folded)).size).toBeGreaterThanOrEqual(150);
  expect(Object.keys(WORDS).length).toBeGreaterThanOrEqual(30);
  const both = stops.map(folded).filter((word) => starts.map(folded).includes(word));
  expect(both).toEqual([]);
  expect(stops.map(folded)).not.toContain('');
});

test.each(stops.map((word) => [word]))('%s is a stop', (word) => {
  const forms = [
    word,
    word.toLowerCase(),
    ` ${word} `,
    `${word}!`,
    `${word}.`,
    `"${word}"`,
    `${word} 🛑`,
    `\u200b${word}\ufeff`,
  ];
  for (const form of forms) expect([form, readWish(form)]).toMatchObject([form, { value: 'stop', certainty: 'exact' }]);
});

test.each(starts.map((word) => [word]))('%s is a start', (word) => {
  expect(readWish(word)).toMatchObject({ value: 'resume', certainty: 'exact' });
});

test.each([
  ['ＳＴＯＰ'],
  ['s\u00adt\u200bo\u2060p'],
  ['STÓP'],
  ['İptal'],
  ['IPTAL'],
  ['ıptal'],
  ['dur'],
  ['إِيقَاف'],
  ['ايقاف'],
  ['إيقـــاف'],
  ['הָסֵר'],
  ['στοπ'],
  ['Stop.\n'],
  ['«стоп»'],
  ['stop all'],
  ['Opt-out'],
  ['opt_out'],
])('%j is a stop in another writing', (text) => {
  expect(readWish(text)).toMatchObject({ value: 'stop', certainty: 'exact' });
});

test.each([
  ['stop texting me'],
  ['Please stop messaging me.'],
  ['can you stop sending me these ads?'],
  ['Don’t text me anymore'],
  ['do not contact me again'],
  ['remove me from your list'],
  ['take me off your mailing list please'],
  ['unsubscribe me'],
  ['I want to unsubscribe'],
  ['I don’t want any more messages from you'],
  ['no more messages please'],
  ['leave me alone'],
  ['stop the messages'],
  ['Bitte schicken Sie mir keine Werbung mehr'],
  ['Ich möchte keine Nachrichten mehr erhalten'],
  ['Keine Werbung mehr bitte'],
  ['Hören Sie auf, mir zu schreiben!'],
  ['Ne m’envoyez plus de messages'],
  ['Arrêtez de m’envoyer des SMS'],
  ['Je ne veux plus recevoir vos messages'],
  ['No me envíen más mensajes'],
  ['Ya no quiero recibir publicidad'],
  ['quiero darme de baja'],
  ['Não quero mais receber mensagens'],
  ['parem de me mandar propaganda'],
  ['Non voglio più ricevere messaggi'],
  ['basta messaggi'],
  ['ik wil geen berichten meer ontvangen'],
  ['Jeg vil ikke have flere beskeder'],
  ['send ikke flere beskeder'],
  ['תסירו אותי מרשימת התפוצה'],
  ['תפסיקו לשלוח לי הודעות'],
  ['לא רוצה לקבל הודעות'],
  ['توقفوا عن إرسال الرسائل'],
  ['لا أريد استلام رسائل'],
  ['لا تراسلوني مرة أخرى'],
  ['не присылайте мне больше сообщения'],
])('%j sounds like a stop', (text) => {
  expect(readWish(text)).toMatchObject({ value: 'stop', certainty: 'likely' });
});

test('of two thousand ordinary sentences, one in a hundred at most is taken for a stop', () => {
  const sentences = ordinarySentences();
  expect(new Set(sentences).size).toBeGreaterThanOrEqual(1_800);
  const flagged = sentences.filter((sentence) => readWish(sentence) !== undefined);
  expect(flagged.length).toBeLessThanOrEqual(sentences.length / 100);
  // Those that were written by hand are all read right.
  expect(flagged).toEqual([]);
});

test('any text is read in no time, and read the same again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      expect(readWish(text)).toEqual(readWish(text));
      expect(folded(folded(text))).toBe(folded(text));
    }),
    { numRuns: 2_000 },
  );
  const started = performance.now();
  for (const text of ['stop '.repeat(60_000), 'please '.repeat(50_000), 'sending'.repeat(50_000), 'more '.repeat(39)])
    readWish(text);
  expect(performance.now() - started).toBeLessThan(1_000);
});

test.each<[string, string[], boolean]>([
  ['CANCEL', ['12025551234'], true],
  ['quit', ['+12025551234'], true],
  ['Opt-out', ['12025551234'], true],
  ['ARRET', ['12025551234'], false],
  ['CANCEL', ['14165551234'], false],
  ['CANCEL', ['4915112345678'], false],
  ['CANCEL', [], false],
])('%s from %j is a revocation by law: %p', (word, numbers, expected) => {
  expect(isRevocation(word, numbers)).toBe(expected);
});

test('a word is offered when it stands on something to choose, however it is written', () => {
  expect(isOffered('cancel.', ['Keep', 'CANCEL'])).toBe(true);
  expect(isOffered('cancel', ['Cancel it'])).toBe(false);
});
