/** A receipt, whose members are those of the provider's receipt template. */
import type { INodeProperties } from 'n8n-workflow';
import { listField } from '../collections.ts';
import { compact, type Parameters } from '../parameters.ts';
import type { ContentKind } from './kind.ts';

function words(displayName: string, name: string, placeholder: string, required = false): INodeProperties {
  const field: INodeProperties = { displayName: '', name: '', type: 'string', default: '', placeholder };
  return { ...field, displayName, name, ...(required ? { required } : {}) };
}

function amount(displayName: string, name: string): INodeProperties {
  const field: INodeProperties = { displayName: '', name: '', type: 'string', default: '', placeholder: 'e.g. 12.50' };
  return { ...field, displayName, name };
}

const ENTRY = 'entry';

const addressField: INodeProperties = {
  displayName: 'Address',
  name: 'receiptAddress',
  type: 'collection',
  placeholder: 'Add Line',
  default: {},
  description: 'Where the order goes; all but the second street line belong to it',
  options: [
    words('City', 'city', 'e.g. Lisbon'),
    words('Country', 'country', 'e.g. PT'),
    words('Postal Code', 'postal_code', 'e.g. 1100-001'),
    words('State', 'state', 'e.g. Lisboa'),
    words('Street', 'street_1', 'e.g. 1 Market Street'),
    words('Street 2', 'street_2', 'e.g. Third floor'),
  ],
};
const ADDRESS = ['street_1', 'street_2', 'city', 'postal_code', 'state', 'country'];

const fields: INodeProperties[] = [
  words('Recipient Name', 'recipientName', 'e.g. Nathan Smith', true),
  words('Order Number', 'orderNumber', 'e.g. 77', true),
  words('Currency', 'currency', 'e.g. EUR', true),
  words('Payment Method', 'paymentMethod', 'e.g. Visa 1234', true),
  { ...amount('Total', 'total'), required: true, description: 'What was paid in all' },
  listField({ displayName: 'Items', name: 'items' }, { displayName: 'Item', name: ENTRY }, [
    words('Title', 'title', 'e.g. Blue Shoe'),
    words('Subtitle', 'subtitle', 'e.g. Size 42'),
    words('Quantity', 'quantity', 'e.g. 1'),
    amount('Price', 'price'),
    words('Image URL', 'image_url', 'e.g. https://example.com/shoe.jpg'),
  ]),
  amount('Subtotal', 'subtotal'),
  amount('Shipping', 'shipping'),
  amount('Tax', 'tax'),
  listField({ displayName: 'Adjustments', name: 'adjustments' }, { displayName: 'Adjustment', name: ENTRY }, [
    words('Name', 'name', 'e.g. Voucher'),
    amount('Amount', 'amount'),
  ]),
  words('Order URL', 'orderUrl', 'e.g. https://example.com/orders/77'),
  { ...words('Ordered At', 'orderedAt', ''), type: 'dateTime', description: 'Without a time zone: UTC' },
  addressField,
  {
    displayName: 'Further Members',
    name: 'receiptFurther',
    type: 'json',
    default: '{}',
    description: 'What the fields do not cover, with the names of the provider, e.g. {"merchant_name": "Shop"}',
  },
];

function itemOf(entry: Parameters): Record<string, unknown> {
  return compact({
    title: entry.required('title', 'Title'),
    subtitle: entry.optional('subtitle'),
    quantity: entry.optionalNumber('quantity', 'Quantity'),
    price: entry.number('price', 'Price'),
    image_url: entry.optional('image_url'),
  });
}

function addressOf(address: Parameters): Record<string, string> | undefined {
  const lines = ADDRESS.flatMap((name): [string, string][] => {
    const line = address.optional(name);
    return line === undefined ? [] : [[name, line]];
  });
  return lines.length > 0 ? Object.fromEntries(lines) : undefined;
}

/** Messenger takes seconds since the epoch, as text. */
function secondsOf(instant: string | undefined): string | undefined {
  return instant === undefined ? undefined : String(Math.floor(Date.parse(instant) / 1000));
}

function receiptOf(parameters: Parameters): Record<string, unknown> {
  const elements = parameters.list('items', ENTRY).map(itemOf);
  const adjustments = parameters
    .list('adjustments', ENTRY)
    .map((entry) => ({ name: entry.required('name', 'Name'), amount: entry.number('amount', 'Amount') }));
  return compact({
    recipient_name: parameters.required('recipientName', 'Recipient Name'),
    order_number: parameters.required('orderNumber', 'Order Number'),
    currency: parameters.required('currency', 'Currency').trim().toUpperCase(),
    payment_method: parameters.required('paymentMethod', 'Payment Method'),
    order_url: parameters.optional('orderUrl')?.trim(),
    timestamp: secondsOf(parameters.instant('orderedAt', 'Ordered At', 'UTC')),
    address: addressOf(parameters.group('receiptAddress')),
    summary: compact({
      subtotal: parameters.optionalNumber('subtotal', 'Subtotal'),
      shipping_cost: parameters.optionalNumber('shipping', 'Shipping'),
      total_tax: parameters.optionalNumber('tax', 'Tax'),
      total_cost: parameters.number('total', 'Total'),
    }),
    adjustments: adjustments.length > 0 ? adjustments : undefined,
    elements: elements.length > 0 ? elements : undefined,
    ...parameters.object('receiptFurther', 'Further Members'),
  });
}

export const receipt: ContentKind = {
  type: 'receipt',
  name: 'Receipt',
  description: 'What was ordered and paid, item by item',
  fields,
  build: (parameters) => ({ type: 'receipt', receipt: receiptOf(parameters) }),
};
