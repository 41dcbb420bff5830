/** What anybody may send costs no more than its length. */
import { Checker } from '../../service/src/channels/kit/checker.ts';
import { camelCased } from '../../service/src/channels/kit/json.ts';
import { scrub } from '../../service/src/channels/kit/scrub.ts';
import { sentences } from '../../service/src/channels/kit/sentences.ts';
import { chosen } from '../../service/src/core/choices.ts';
import { redact } from '../../service/src/platform/redact.ts';
import { expectLinear, LONG, MANY } from '../support/linear.ts';

const PARTS = ['_', '.', ' ', '/', 'a', '1', '@', '://', '?', 'token ', 'a-', '\\', '{{', '"'];
const texts = PARTS.map((part) => [part, part.repeat(LONG / part.length)] as const);

describe.each(texts)('many of "%s"', (_part, text) => {
  // At an end that fits no pattern, and one that does.
  test.each(['', '!', 'x', '\n'])('before %j', async (end) => {
    const given = `${text}${end}`;
    await expectLinear(given, () => camelCased({ [given]: { [`a${given}`]: 1 } }));
    await expectLinear(given, () => sentences(given, given));
    await expectLinear(given, () => scrub(given, [given, 'abcd']));
    await expectLinear(given, () => redact({ given, error: new Error(given) }));
    await expectLinear(given, () => chosen([{ id: '1', title: given }], '1.'));
  });
});

test('many texts that must not stand in a long one', async () => {
  const values = Array.from({ length: MANY }, (_, number) => `${number} ${'a'.repeat(60)}`);
  const text = 'a'.repeat(LONG);
  await expectLinear([values, text], () => scrub(text, values));
});

test('many values of which each has to be another', async () => {
  const values = Array.from({ length: MANY * 3 }, (_, number) => `value ${number}`);
  await expectLinear(values, () => new Checker().unique('values', values));
});
