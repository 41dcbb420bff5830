import { compact } from '../parameters.ts';
import type { ContentKind } from './kind.ts';
import { textField } from './text.ts';

export const coupon: ContentKind = {
  type: 'coupon',
  name: 'Coupon',
  description: 'A discount with a code to copy or a page to redeem it on',
  fields: [
    {
      displayName: 'Title',
      name: 'couponTitle',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. 10% off everything',
      description: 'What the coupon gives',
    },
    {
      displayName: 'Subtitle',
      name: 'couponSubtitle',
      type: 'string',
      default: '',
      placeholder: 'e.g. Until Sunday',
      description: 'A second line, in small letters',
    },
    {
      displayName: 'Code',
      name: 'couponCode',
      type: 'string',
      default: '',
      placeholder: 'e.g. SPRING10',
      description: 'What the contact enters in the shop',
    },
    {
      displayName: 'URL',
      name: 'couponUrl',
      type: 'string',
      default: '',
      placeholder: 'e.g. https://example.com/spring',
      description: 'The page on which it is redeemed',
    },
    {
      displayName: 'URL Title',
      name: 'couponUrlTitle',
      type: 'string',
      default: '',
      placeholder: 'e.g. Shop Now',
      description: 'What stands on the button that opens the page',
    },
    {
      ...textField,
      displayName: 'Text Before',
      required: false,
      placeholder: 'e.g. A little thank-you!',
      description: 'What the contact reads before the coupon',
    },
    {
      displayName: 'Image URL',
      name: 'couponImage',
      type: 'string',
      default: '',
      placeholder: 'e.g. https://example.com/spring.jpg',
      description: 'The picture on the coupon; it must be reachable from the internet',
    },
  ],
  build: (parameters) =>
    compact({
      type: 'coupon' as const,
      title: parameters.required('couponTitle', 'Title'),
      subtitle: parameters.optional('couponSubtitle'),
      code: parameters.optional('couponCode')?.trim(),
      url: parameters.optional('couponUrl')?.trim(),
      urlTitle: parameters.optional('couponUrlTitle'),
      text: parameters.optional('text'),
      imageUrl: parameters.optional('couponImage')?.trim(),
    }),
};
