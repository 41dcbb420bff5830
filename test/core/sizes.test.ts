/** What anybody may send costs no more than its length. */
import { chosen } from '../../service/src/core/choices.ts';
import { scrub } from '../../service/src/channels/kit/scrub.ts';
import { sentences } from '../../service/src/channels/kit/sentences.ts';
import { camelCased } from '../../service/src/channels/kit/json.ts';
import { redact } from '../../service/src/platform/redact.ts';
import { expectLinear, LONG } from '../support/linear.ts';

const FILLINGS = ['_', '.', ' ', '/', 'a', '1', '@', '://', '?', 'token ', 'a-', '\\', '{{', '"'];
const fillings = FILLINGS.map((part) => part.repeat(LONG / part.length));

describe.each(fillings.map((text) => [text.slice(0, 6), text] as const))('many of "%s"', (_part, text) => {
  // At an end that fits no pattern, and one that does.
  test.each(['', '!', 'x', '\n'])('before %j', (end) => {
    const given = `${text}${end}`;
    expectLinear(given, () => camelCased({ [given]: { [`a${given}`]: 1 } }));
    expectLinear(given, () => sentences(given, given));
    expectLinear(given, () => scrub(given, [given, 'abcd']));
    expectLinear(given, () => redact({ given, error: new Error(given) }));
    expectLinear(given, () => chosen([{ id: '1', title: given }], '1.'));
  });
});
