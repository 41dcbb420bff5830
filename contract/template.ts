/** Message templates: what a send fills in, and how the API shows and makes them. */
import type { MediaSource } from './media.ts';

/** One value of a template variable. `name` is set for templates with named variables, else the position counts. */
export interface TemplateValue {
  name?: string;
  type: 'text' | 'currency' | 'date_time';
  /** Shown text; for currency and date_time the fallback. */
  text: string;
  /** ISO 4217 code and thousandths of the unit, for `currency`. */
  currency?: { code: string; amount1000: number };
}

/** Fills in the header of a template: values for its text, or what stands in its place. */
export type TemplateHeader =
  | { type: 'text'; values: TemplateValue[] }
  | ({ type: 'image' | 'video' | 'document' | 'gif'; filename?: string } & MediaSource)
  | { type: 'location'; latitude: number; longitude: number; name?: string; address?: string }
  | { type: 'product'; productId: string; catalogId: string };

/** Fills in a template's button; `index` is its zero-based place in the template. */
export type TemplateButton =
  | { type: 'quick_reply'; index: number; payload: string }
  | { type: 'url'; index: number; suffix: string }
  | { type: 'copy_code'; index: number; code: string }
  | { type: 'catalog'; index: number; thumbnailProductId?: string }
  | {
      type: 'products';
      index: number;
      thumbnailProductId: string;
      sections: { title: string; productIds: string[] }[];
    }
  | { type: 'form'; index: number; token?: string; data?: Record<string, unknown> };

/** Fills in one card of a carousel template. */
export interface TemplateCard {
  header?: TemplateHeader;
  body?: TemplateValue[];
  buttons?: TemplateButton[];
}

/** Names a template and fills it in. */
export interface TemplateContent {
  type: 'template';
  name: string;
  /** The provider's language code, e.g. `en_US`. */
  language: string;
  header?: TemplateHeader;
  body?: TemplateValue[];
  buttons?: TemplateButton[];
  cards?: TemplateCard[];
  /** Limited-time offer: when it ends, milliseconds since the epoch. */
  offerEndsAt?: number;
  /** Authentication template: the one-time code, put in the body and the button. */
  code?: string;
}

/** A message template at the provider. `components` is the provider's own form. */
export interface Template {
  id: string;
  name: string;
  language: string;
  status: string;
  category: string;
  quality?: string;
  rejectedReason?: string;
  parameterFormat?: 'named' | 'positional';
  components: Record<string, unknown>[];
  /** The variables a send has to fill, in order. */
  variables: TemplateVariable[];
}

/** One variable of a template: where it stands, its name or number, and the example given at creation. */
export interface TemplateVariable {
  /** `header.1`, `body.first_name`, `button.0.url`, `card.1.body.2`… unique in the template. */
  key: string;
  part: 'header' | 'body' | 'button';
  /** Zero-based carousel card; absent outside a carousel. */
  card?: number;
  /** Named variable's name, or its number from 1. */
  name: string;
  type:
    | 'text'
    | 'image'
    | 'video'
    | 'document'
    | 'gif'
    | 'location'
    | 'product'
    | 'products'
    | 'url'
    | 'quick_reply'
    | 'copy_code'
    | 'code'
    | 'form'
    | 'offer_end';
  /** Button index, for `part: 'button'`. */
  index?: number;
  example?: string;
}

/** Asks the provider for a new template (`POST /v1/templates`). `components` is the provider's own form. */
export interface CreateTemplate {
  name: string;
  language: string;
  category: string;
  parameterFormat?: 'named' | 'positional';
  components: Record<string, unknown>[];
  allowCategoryChange?: boolean;
  ttlSeconds?: number;
}

/** Changes a template at the provider (`PATCH /v1/templates/{id}`); absent members stay as they are. */
export interface EditTemplate {
  category?: string;
  components?: Record<string, unknown>[];
  ttlSeconds?: number;
}
