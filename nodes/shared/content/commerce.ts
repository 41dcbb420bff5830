import type { INodeProperties } from 'n8n-workflow';
import { listField } from '../collections.ts';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import { headerTextField } from './header.ts';
import type { ContentKind } from './kind.ts';
import { footerField, requiredObject, textField } from './text.ts';

export const catalogIdField: INodeProperties = {
  displayName: 'Catalog ID',
  name: 'catalogId',
  type: 'string',
  default: '',
  required: true,
  placeholder: 'e.g. 194836987003835',
  description: "The catalog that is connected to the account, as the provider's commerce manager shows it",
};

export const product: ContentKind = {
  type: 'product',
  name: 'Product',
  description: 'One product of your catalog',
  fields: [
    catalogIdField,
    {
      displayName: 'Product ID',
      name: 'productId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. sku-1',
      description: 'The ID of the product in the catalog',
    },
    { ...textField, required: false },
    footerField,
  ],
  build: (parameters) =>
    compact({
      type: 'product' as const,
      text: parameters.optional('text'),
      footer: parameters.optional('footer'),
      catalogId: parameters.required('catalogId', 'Catalog ID'),
      productId: parameters.required('productId', 'Product ID'),
    }),
};

const productSectionsField = listField(
  { displayName: 'Product Sections', name: 'productSections', description: 'The products, in groups' },
  { displayName: 'Section', name: 'section' },
  [
    { displayName: 'Title', name: 'title', type: 'string', default: '', placeholder: 'e.g. New' },
    {
      displayName: 'Product IDs',
      name: 'productIds',
      type: 'string',
      default: '',
      placeholder: 'e.g. sku-1, sku-2',
      description: 'Comma-separated list of product IDs of the catalog',
    },
  ],
);

function productSection(section: Parameters): { title: string; productIds: string[] } {
  const productIds = section.words('productIds');
  if (productIds.length === 0) {
    throw new ParameterError('A section has no product', "Fill in 'Product IDs' in each of 'Product Sections'.");
  }
  return { title: section.required('title', 'Title'), productIds };
}

export const products: ContentKind = {
  type: 'products',
  name: 'Products',
  description: 'Several products of your catalog, in groups',
  fields: [headerTextField, textField, catalogIdField, productSectionsField, footerField],
  build: (parameters) => {
    const sections = parameters.list('productSections', 'section').map(productSection);
    if (sections.length === 0) throw new ParameterError('There is no product', "Add one in 'Product Sections'.");
    return compact({
      type: 'products' as const,
      text: parameters.required('text', 'Text'),
      header: parameters.required('headerText', 'Header Text'),
      footer: parameters.optional('footer'),
      catalogId: parameters.required('catalogId', 'Catalog ID'),
      sections,
    });
  },
};

/** Products of the only catalog that an account has: no more to choose than their IDs. */
export const ownProducts: ContentKind = {
  type: 'products',
  name: 'Products',
  description: 'One or more products of your catalog, as cards',
  fields: [
    {
      displayName: 'Product IDs',
      name: 'productIds',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. 4370374983, 4370374984',
      description: "Comma-separated list of IDs, as the provider's commerce manager shows them",
    },
  ],
  build: (parameters) => {
    const productIds = parameters.words('productIds');
    if (productIds.length === 0) throw new ParameterError('There is no product', "Add one in 'Product IDs'.");
    return { type: 'products', sections: [{ title: '', productIds }] };
  },
};

export const catalog: ContentKind = {
  type: 'catalog',
  name: 'Catalog',
  description: 'A button that opens your whole catalog',
  fields: [
    textField,
    {
      displayName: 'Thumbnail Product ID',
      name: 'thumbnailProductId',
      type: 'string',
      default: '',
      placeholder: 'e.g. sku-1',
      description: 'The product whose picture is shown. Empty: the first of the catalog.',
    },
    footerField,
  ],
  build: (parameters) =>
    compact({
      type: 'catalog' as const,
      text: parameters.required('text', 'Text'),
      footer: parameters.optional('footer'),
      thumbnailProductId: parameters.optional('thumbnailProductId'),
    }),
};

export const paymentRequest: ContentKind = {
  type: 'payment_request',
  name: 'Payment Request',
  description: 'Asks for a payment inside the chat, where the provider offers it',
  fields: [
    textField,
    {
      displayName: 'Payment',
      name: 'payment',
      type: 'json',
      default: '{}',
      required: true,
      description:
        'The payment as the provider describes it: reference, currency, amount, items. It depends on the country.',
    },
  ],
  build: (parameters) => ({
    type: 'payment_request',
    text: parameters.required('text', 'Text'),
    payment: requiredObject(parameters, 'payment', 'Payment'),
  }),
};
