/** Contents that Messenger and Instagram take alike, and the exact `message` each is rendered to. */
import type { OutboundContent } from '../../../contract/message.ts';

export interface OutboundCase {
  name: string;
  content: OutboundContent;
  message: Record<string, unknown>;
}

const template = (payload: Record<string, unknown>) => ({ attachment: { type: 'template', payload } });
export const LINK = 'https://example.com/a.jpg';

export const SHARED_CASES: readonly OutboundCase[] = [
  { name: 'text', content: { type: 'text', text: 'Hi 👋' }, message: { text: 'Hi 👋' } },
  {
    name: 'image by link',
    content: { type: 'image', link: LINK },
    message: { attachment: { type: 'image', payload: { url: LINK } } },
  },
  {
    name: 'video by id',
    content: { type: 'video', mediaId: '77' },
    message: { attachment: { type: 'video', payload: { attachment_id: '77' } } },
  },
  {
    name: 'audio by link',
    content: { type: 'audio', link: 'https://example.com/a.mp3', voice: true },
    message: { attachment: { type: 'audio', payload: { url: 'https://example.com/a.mp3' } } },
  },
  {
    name: 'document by link',
    content: { type: 'document', link: 'https://example.com/a.pdf', filename: 'a.pdf' },
    message: { attachment: { type: 'file', payload: { url: 'https://example.com/a.pdf' } } },
  },
  {
    name: 'buttons',
    content: {
      type: 'buttons',
      text: 'Coming?',
      buttons: [
        { id: 'yes', title: 'Yes' },
        { id: 'no', title: 'No' },
      ],
    },
    message: template({
      template_type: 'button',
      text: 'Coming?',
      buttons: [
        { type: 'postback', title: 'Yes', payload: 'yes' },
        { type: 'postback', title: 'No', payload: 'no' },
      ],
    }),
  },
  {
    name: 'link',
    content: { type: 'link', text: 'Our shop', title: 'Open', url: 'https://example.com/shop' },
    message: template({
      template_type: 'button',
      text: 'Our shop',
      buttons: [{ type: 'web_url', url: 'https://example.com/shop', title: 'Open' }],
    }),
  },
  {
    name: 'quick replies',
    content: { type: 'quick_replies', text: 'Which?', replies: [{ id: 'r', title: 'Red' }, { ask: 'phone' }] },
    message: {
      text: 'Which?',
      quick_replies: [{ content_type: 'text', title: 'Red', payload: 'r' }, { content_type: 'user_phone_number' }],
    },
  },
  {
    name: 'carousel',
    content: {
      type: 'carousel',
      cards: [
        {
          title: 'Mug',
          body: 'Blue',
          url: 'https://example.com/mug',
          header: { type: 'image', link: LINK },
          link: { title: 'Buy', url: 'https://example.com/buy' },
          buttons: [{ id: 'more', title: 'More' }],
        },
        { title: 'Cup', body: 'Red' },
      ],
    },
    message: template({
      template_type: 'generic',
      elements: [
        {
          title: 'Mug',
          subtitle: 'Blue',
          image_url: LINK,
          default_action: { type: 'web_url', url: 'https://example.com/mug' },
          buttons: [
            { type: 'web_url', url: 'https://example.com/buy', title: 'Buy' },
            { type: 'postback', title: 'More', payload: 'more' },
          ],
        },
        { title: 'Cup', subtitle: 'Red' },
      ],
    }),
  },
  {
    name: 'carousel of products',
    content: { type: 'carousel', cards: [{ productId: '9' }, { productId: '10' }] },
    message: template({ template_type: 'product', elements: [{ id: '9' }, { id: '10' }] }),
  },
  {
    name: 'product',
    content: { type: 'product', productId: '9', catalogId: '1' },
    message: template({ template_type: 'product', elements: [{ id: '9' }] }),
  },
  {
    name: 'products',
    content: {
      type: 'products',
      sections: [
        { title: 'A', productIds: ['9'] },
        { title: 'B', productIds: ['10', '11'] },
      ],
    },
    message: template({ template_type: 'product', elements: [{ id: '9' }, { id: '10' }, { id: '11' }] }),
  },
  {
    name: 'native',
    content: { type: 'native', body: { message: { text: 'As it is' } } },
    message: { text: 'As it is' },
  },
];
