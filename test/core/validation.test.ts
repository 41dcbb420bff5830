import { ParleyError } from '../../service/src/core/errors.ts';
import { validate } from '../../service/src/core/validation.ts';
import { z } from '../platform/service-zod.ts';

const schema = z.strictObject({
  to: z.union([z.string().min(1), z.strictObject({ conversationId: z.string() })]),
  content: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('text'), text: z.string().max(5) }),
    z.strictObject({ type: z.literal('list'), rows: z.array(z.strictObject({ id: z.string() })).min(1) }),
  ]),
  purpose: z.enum(['reply', 'campaign']).default('reply'),
});
const good = { to: '49', content: { type: 'text', text: 'hi' } };

function errorsOf(value: unknown): ParleyError {
  try {
    validate(schema as never, value);
  } catch (error) {
    expect(error).toBeInstanceOf(ParleyError);
    return error as ParleyError;
  }
  throw new Error('it was accepted');
}

test('a good value comes out with its defaults', () => {
  expect(validate(schema as never, good)).toEqual({ ...good, purpose: 'reply' });
});

test.each<[string, unknown, Record<string, unknown>[]]>([
  ['a missing field', { to: '49' }, [{ field: 'content' }]],
  ['a wrong type', { ...good, to: 'x', purpose: 7 }, [{ field: 'purpose' }]],
  [
    'a field deep inside',
    { ...good, content: { type: 'list', rows: [{ id: '1' }, {}] } },
    [{ field: 'content.rows.1.id', message: 'Required.' }],
  ],
  ['an unknown field', { ...good, txet: 'topsecret' }, [{ field: 'txet', message: 'This field is not known.' }]],
  [
    'an unknown field in one of several forms',
    { ...good, to: { conversationId: 'c', x: 'topsecret' } },
    [{ field: 'to.x', message: 'This field is not known.' }],
  ],
  [
    'none of several forms',
    { ...good, to: 7 },
    [{ field: 'to', message: 'This has none of the forms that are accepted here.' }],
  ],
  ['a missing field of several forms', { content: good.content }, [{ field: 'to', message: 'Required.' }]],
  [
    'an unknown kind',
    { ...good, content: { type: 'topsecret' } },
    [{ field: 'content.type', message: 'This is none of the known kinds.' }],
  ],
  ['too long', { ...good, content: { type: 'text', text: 'topsecret' } }, [{ field: 'content.text' }]],
  [
    'two at once',
    { to: 7, content: { type: 'text' } },
    [{ field: 'to' }, { field: 'content.text', message: 'Required.' }],
  ],
  ['no object', 'topsecret', [{ field: '' }]],
  ['nothing', undefined, [{ field: '', message: 'Required.' }]],
])('%s', (_name, value, expected) => {
  const error = errorsOf(value);
  expect(error).toMatchObject({ status: 400, code: 'invalid_request' });
  expect(error.extra['errors']).toEqual(expected.map((entry) => expect.objectContaining(entry)));
  expect(JSON.stringify([error.message, error.extra])).not.toContain('topsecret');
});

test('the detail names the fields', () => {
  expect(errorsOf({ to: 7 }).message).toBe('Not valid: to, content.');
  expect(errorsOf('x').message).toBe('Not valid: the body.');
});

test('errors and names are bounded', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${'x'.repeat(300)}${i}`, 1]));
  const errors = errorsOf({ ...good, ...many }).extra['errors'] as { field: string }[];
  expect(errors).toHaveLength(20);
  expect(Math.max(...errors.map(({ field }) => field.length))).toBeLessThanOrEqual(121);
});
