import type { OutboundContent } from '../../contract/message.ts';
import { matchesEcho } from '../../service/src/core/echo-matcher.ts';

const text = (words: string) => ({ type: 'text' as const, text: words });
const image: OutboundContent = { type: 'image', mediaId: '1' };

test.each<[string, OutboundContent, { type: string; text?: string; caption?: string }, boolean]>([
  ['the same words', text('hi'), text('hi'), true],
  ['the same words, spaced otherwise', text(' hi\n'), text('hi'), true],
  ['other words', text('hi'), text('ho'), false],
  ['words that stood above buttons', { type: 'buttons', text: 'Which?', buttons: [] }, text('Which?'), true],
  ['a file of the kind', image, { type: 'image' }, true],
  ['a file of another kind', image, { type: 'video' }, false],
  ['a file with its words', { ...image, caption: 'look' }, { type: 'image', caption: 'look' }, true],
  ['a file with other words', { ...image, caption: 'look' }, { type: 'image' }, false],
  ['words and a file', text('hi'), { type: 'image' }, false],
  ['words and something without', text('hi'), { type: 'unsupported' }, false],
  ['a file and something that is none', image, { type: 'unsupported' }, false],
  ['what is below a file', { type: 'quick_replies', media: { type: 'image', mediaId: '1' }, replies: [] }, image, true],
  ['cards that are told by the first', { type: 'carousel', cards: [{ title: 'Shoes' }] }, text('Shoes'), true],
  ['cards, and other words', { type: 'carousel', cards: [{ title: 'Shoes' }] }, text('How are you?'), false],
  ['cards that are not told', { type: 'carousel', cards: [{ title: 'Shoes' }] }, { type: 'unsupported' }, true],
  ['cards, and a file', { type: 'carousel', cards: [{ title: 'Shoes' }] }, image, false],
  ["the provider's own body", { type: 'native', body: { message: { text: 'hi ' } } }, text('hi'), true],
  [
    "the provider's own body, and other words",
    { type: 'native', body: { message: { text: 'hi' } } },
    text('ho'),
    false,
  ],
  ["the provider's own sticker", { type: 'sticker', name: 'heart' }, { type: 'unsupported' }, true],
  ['a reaction, which is no message', { type: 'reaction', messageId: '1', emoji: '!' }, { type: 'unsupported' }, false],
])('%s', (_name, sent, told, same) => {
  expect(matchesEcho(sent, told)).toBe(same);
});
