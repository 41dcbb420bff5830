import type { OutboundContent } from '../../contract/message.ts';
import { outboundContent } from '../../service/src/api/content.schema.ts';
import { sendMessage } from '../../service/src/api/schemas.ts';
import { validate } from '../../service/src/core/validation.ts';
import { ParleyError } from '../../service/src/core/errors.ts';

const LINK = 'https://a.example/1.jpg';
const BUTTON = { id: 'y', title: 'Yes' };

/** The fields that are refused; none: it is taken as it is. */
function refused(check: () => unknown): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    return (error.extra['errors'] as { field: string }[]).map(({ field }) => field);
  }
}

describe('taken as it is', () => {
  test.each<[string, OutboundContent]>([
    ['choices that stand in the text', { type: 'text', text: 'a', choices: [BUTTON] }],
    ["the provider's own sticker", { type: 'sticker', name: 'heart' }],
    ['a sticker by its link', { type: 'sticker', link: LINK }],
    ['quick replies', { type: 'quick_replies', text: 'a', replies: [{ ...BUTTON, imageUrl: LINK }, { ask: 'phone' }] }],
    [
      'quick replies below a file',
      { type: 'quick_replies', media: { type: 'audio', mediaId: '1' }, replies: [BUTTON] },
    ],
    ['a card without a picture', { type: 'carousel', cards: [{ title: 'a', url: LINK, buttons: [BUTTON] }] }],
    ['a card with one', { type: 'carousel', text: 'a', cards: [{ header: { type: 'image', link: LINK }, body: 'b' }] }],
    ['cards of products', { type: 'carousel', cards: [{ productId: '1' }] }],
    [
      'a file with every button',
      {
        type: 'media_card',
        media: { type: 'video', mediaId: '1' },
        buttons: [BUTTON, { title: 'a', url: LINK }, { title: 'b', phone: '+15550001111' }],
      },
    ],
    [
      'a coupon',
      { type: 'coupon', title: 'a', subtitle: 'b', code: 'c', url: LINK, urlTitle: 'd', text: 'e', imageUrl: LINK },
    ],
    ['a product without its catalog', { type: 'product', productId: '1' }],
    ['products without words', { type: 'products', sections: [{ title: 'a', productIds: ['1'] }] }],
  ])('%s', (_name, content) => {
    expect(validate(outboundContent, content)).toEqual(content);
  });
});

describe('refused by its field', () => {
  test.each<[string, object, string]>([
    ['a sticker that is nothing', { type: 'sticker' }, 'link'],
    ['a sticker that is two', { type: 'sticker', name: 'heart', link: LINK }, 'link'],
    ['a sticker that is two files', { type: 'sticker', mediaId: '1', link: LINK }, 'link'],
    ['an image with a name', { type: 'image', link: LINK, name: 'heart' }, 'name'],
    ['choices that are none', { type: 'text', text: 'a', choices: [] }, 'choices'],
    ['a choice without a title', { type: 'text', text: 'a', choices: [{ id: '1' }] }, 'choices.0.title'],
    ['quick replies that are none', { type: 'quick_replies', text: 'a', replies: [] }, 'replies'],
    ['a question for something else', { type: 'quick_replies', text: 'a', replies: [{ ask: 'age' }] }, 'replies.0.ask'],
    [
      'a file that is two',
      { type: 'quick_replies', media: { type: 'image', mediaId: '1', link: LINK }, replies: [BUTTON] },
      'media.link',
    ],
    [
      'a card with a file of its own kind',
      { type: 'media_card', media: { type: 'audio', link: LINK }, buttons: [BUTTON] },
      'media.type',
    ],
    ['a card without buttons', { type: 'media_card', media: { type: 'image', link: LINK }, buttons: [] }, 'buttons'],
    ['a coupon without a title', { type: 'coupon', code: 'c' }, 'title'],
    ['a card with two texts', { type: 'carousel', cards: [{ title: 'a', text: 'b' }] }, 'cards.0.text'],
    ['products that are none', { type: 'products', sections: [] }, 'sections'],
  ])('%s', (_name, content, field) => {
    expect(refused(() => validate(outboundContent, content))).toEqual([field]);
  });
});

describe('a send', () => {
  const account = { channel: 'whatsapp', externalId: '1' };
  const content = { type: 'text', text: 'a' };
  test.each<[string, object, string[]]>([
    ['to an address of an account', { account, to: '+1' }, []],
    ['to a conversation', { to: { conversationId: 'cnv_1' } }, []],
    ['to a contact', { to: { contactId: 'con_1' } }, []],
    ['to a contact, from an account', { account, to: { contactId: 'con_1' } }, []],
    ['with everything', { account, to: '+1', degrade: true, author: 'human', options: { any: 1 } }, []],
    ['to an address of nobody', { to: '+1' }, ['account']],
    ['to nothing', { account }, ['to']],
    ['to a number', { account, to: 1 }, []],
    ['to a number with a fraction', { account, to: 1.5 }, ['to']],
    ['to a number that lost digits', { account, to: 2 ** 60 }, ['to']],
    ['to two', { to: { conversationId: 'cnv_1', contactId: 'con_1' } }, ['to.conversationId']],
    ['to something else', { to: { groupId: '1' } }, ['to.groupId', 'to.conversationId']],
    ['by a machine', { account, to: '+1', author: 'machine' }, ['author']],
    ['with options that are none', { account, to: '+1', options: 'fast' }, ['options']],
  ])('%s', (_name, send, fields) => {
    expect(refused(() => validate(sendMessage, { content, ...send })).sort()).toEqual([...fields].sort());
  });
});
