import type { OutboundContent } from '../../contract/message.ts';
import { isSameSaid } from '../../service/src/core/same-words.ts';

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
  ['something without words or file', { type: 'catalog', text: '' }, { type: 'unsupported' }, false],
])('%s', (_name, sent, told, same) => {
  expect(isSameSaid(sent, told)).toBe(same);
});
