/** What people write: a stop is heard in every language and writing, and nothing is heard in ordinary talk. */
import fc from 'fast-check';
import { folded } from '../../../service/src/features/consent/folding.ts';
import { isAtHome, isOffered, isRevocation, readWish } from '../../../service/src/features/consent/reading.ts';
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
    `\u3164${word}\u{e0101}\uffa0`,
    word + '\u200b'.repeat(300),
    word + ' '.repeat(300),
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
  ['STOP\u0000'],
  ['S T O P'],
  ['s.t.o.p.'],
  ['S-T-O-P!'],
  ['С Т О П'],
  ['S\u17b4TOP'],
  ['\u0001st\u0000op'],
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
  // As others' bug reports and tests have them.
  ['Stop. Thank you'],
  ['Unsubscribe please'],
  ['please unsubscribe'],
  ['remove me please, thank you'],
  ['STOP STOP STOP'],
  ['please stop sending text reminders'],
  ['Do not EVER contact me again'],
  ["Don't ever bother me, please."],
  ['Please delete my number'],
  ['Lose my number please'],
  ['I opt out'],
  ['I no longer wish to receive these'],
  ["I don't want to receive anything from you"],
  ['please take me off your broadcast list'],
  ['remove me from all your lists'],
  ['unsubscribe me from all promotions'],
  ['stop all communication'],
  ['not interested in receiving any more'],
  ['Stop. I never signed up for this.'],
  ['wrong number, stop'],
  ['STOP. Wrong number'],
  ['no me escriba'],
  ['quítame de tu lista'],
  ['Ya no me manden mensajes'],
  ['STOP ne m’écrivez plus'],
  ['ne m’écrivez plus s’il vous plaît'],
  ['ikke kontakt meg'],
  ['לא לשלוח'],
  ['message mat karo'],
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

test.each([
  ['you never text me'],
  ["you don't text me anymore"],
  ['vous ne m’écrivez plus'],
  ['STOP 12345'],
  ['Count me in! We have got to STOP this terrible bill from passing!!'],
  ["don't bother"],
  ['please stop this bleeding'],
  ['wrong number'],
  ['My number is changing next week'],
  ['quiero darme de baja del curso'],
  ['stop, mejor mándame la info'],
  ['Huy'],
  ['Dũng'],
  ['ok tc'],
  ['acha, thanks'],
])('%j is no stop', (text) => {
  expect(readWish(text)).toBeUndefined();
});

test.each([
  ['acha', ['919876543210'], false],
  ['Acha.', ['254712345678'], true],
  ['TC', ['+84912345678'], true],
  ['tc', ['919876543210'], false],
  ['tc', [], false],
  ['td', ['5511987654321'], false],
  ['TD', ['8613800138000'], true],
  ['STOP', [], true],
])('%s means the wish to %j: %s', (text, numbers, means) => {
  expect(isAtHome(text, numbers)).toBe(means);
});

test('a text of plain letters is folded as one with a sign that nobody sees', () => {
  const signs = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));
  const plain = fc.string({ unit: fc.constantFrom(...' \t\n\r', ...signs), maxLength: 500 });
  fc.assert(fc.property(plain, (text) => expect(folded(text)).toBe(folded(`\u200B${text}`))));
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
  for (const text of [
    'stop '.repeat(60_000),
    'please '.repeat(50_000),
    'sending'.repeat(50_000),
    'more '.repeat(39),
    '\u3164'.repeat(300_000),
    ' '.repeat(300_000) + 'x',
    's '.repeat(150_000),
  ])
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
