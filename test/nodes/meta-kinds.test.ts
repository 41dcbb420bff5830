/** The content types of the nodes are those of the channels, and what their small choices offer is taken there. */
import { KIND_PARAMETER } from '../../nodes/shared/content/kind.ts';
import { Parameters } from '../../nodes/shared/parameters.ts';
import { INSTAGRAM_FORM } from '../../nodes/Instagram/form.ts';
import { MESSENGER_FORM } from '../../nodes/Messenger/form.ts';
import { capabilities as instagram } from '../../service/src/channels/instagram/capabilities.ts';
import { checkContent } from '../../service/src/channels/protocols/meta/check.ts';
import { INSTAGRAM } from '../../service/src/channels/protocols/meta/dialect.ts';
import { capabilities as messenger } from '../../service/src/channels/messenger/capabilities.ts';

/** One product is a list of one, and a template has an operation of its own. */
const ELSEWHERE = ['product', 'template'];
/** Times become what the channel has, without being asked to. */
const EVERYWHERE = ['time_picker'];

describe.each([
  ['Messenger', MESSENGER_FORM, messenger],
  ['Instagram', INSTAGRAM_FORM, instagram],
])('%s', (_, form, capabilities) => {
  const kinds = form.kinds.map(({ type }) => type).sort();

  test('offers every kind that the channel sends, and no other', () => {
    const own = capabilities.kinds.filter((kind) => !ELSEWHERE.includes(kind));
    expect(kinds).toEqual([...own, ...EVERYWHERE].sort());
    expect(form.templates).toBe(capabilities.templates);
    expect(form.people).toBe(capabilities.window?.personMs !== undefined);
  });

  test('shows notices only at kinds that are offered', () => {
    const shown = form.notices.flatMap(({ displayOptions }) => displayOptions?.show?.[KIND_PARAMETER] ?? []);
    expect(kinds).toEqual(expect.arrayContaining(shown));
    expect(shown.length).toBeGreaterThan(0);
  });
});

test.each(['sticker', 'reaction'])(
  'each %s of Instagram that can be chosen is one that the channel takes',
  async (type) => {
    const kind = INSTAGRAM_FORM.kinds.find((each) => each.type === type);
    const field = kind?.fields.find((each) => each.type === 'options');
    const values = (field?.options ?? []).flatMap((option) => ('value' in option ? [option.value] : []));
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) {
      const content = await kind?.build(new Parameters({ messageId: 'm_1', [String(field?.name)]: value }), {
        has: () => false,
        upload: async () => Promise.reject(new Error('There is no file')),
      });
      expect(() => content && checkContent(content, INSTAGRAM)).not.toThrow();
    }
  },
);
