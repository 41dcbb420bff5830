/** Where a person came from: a link with a reference (m.me, ig.me), an ad, a product page. */
import type { WindowOpener } from '../../../../../contract/event.ts';
import type { MessageContext, Referral } from '../../../../../contract/message.ts';
import type { ChannelEvent, ContactRef } from '../../channel.ts';
import { camelCased, compact, idOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { baseOf, idFrom, keyOf, whoOf, type Item } from './item.ts';

/** `ADS`, `SHORTLINK`, `SHORTLINKS`, `SHORT-URL` … are written differently from page to page: told apart by how they begin. */
function sourceTypeOf(referral: JsonObject): string | undefined {
  const source = textOf(referral.source)?.toLowerCase();
  if (source?.startsWith('ad') || (source === undefined && idOf(referral.ad_id) !== undefined)) return 'ad';
  return source?.startsWith('short') ? 'shortlink' : source;
}

const isFromAd = (referral: unknown): boolean => sourceTypeOf(objectOf(referral)) === 'ad';

/** What a message, a postback or a click opens the session by. */
export function openerOf(referral: unknown, otherwise: WindowOpener): WindowOpener {
  return isFromAd(referral) ? 'ad' : otherwise;
}

function referralOf(given: JsonObject): Referral | undefined {
  const ad = objectOf(given.ads_context_data);
  const video = textOf(ad.video_url);
  const photo = textOf(ad.photo_url);
  const referral = compact({
    sourceUrl: textOf(given.referer_uri),
    sourceId: idOf(given.ad_id),
    sourceType: sourceTypeOf(given),
    headline: textOf(ad.ad_title),
    mediaType: video === undefined ? photo && 'image' : 'video',
    mediaUrl: video ?? photo,
    reference: textOf(given.ref),
  });
  return Object.keys(referral).length > 0 ? referral : undefined;
}

/** `given`: a message's or a postback's `referral`. */
export function referralContext(given: unknown): Pick<MessageContext, 'referral' | 'product'> {
  const referral = objectOf(given);
  const productId = idOf(objectOf(referral.product).id) ?? idOf(objectOf(referral.ads_context_data).product_id);
  return compact({
    product: productId === undefined ? undefined : { productId },
    referral: referralOf(referral),
  });
}

/** What the person answered to the questions of an ad (`LEAD_COMPLETE`, `LEAD_INCOMPLETE`). */
function answersOf(lead: unknown): { question: string; answer: string }[] | undefined {
  const answers = objectsOf(objectOf(lead).data).map(({ question, answer }) => ({
    question: textOf(question) ?? '',
    answer: textOf(answer) ?? '',
  }));
  return answers.length > 0 ? answers : undefined;
}

/**
 * A tap that led into a thread that exists: after an ad it is the first message that opens the longer session, so that the tap counts like
 * any link's. What was answered to the questions of an ad was said to it.
 */
const tapOpener = (given: JsonObject, lead: unknown): WindowOpener =>
  lead === undefined ? 'link' : openerOf(given, 'link');

/** A link or an ad led back into a thread that exists. */
export function referralEvents(item: Item, contact: ContactRef): ChannelEvent[] {
  const given = objectOf(item.raw.referral);
  const { ads_context_data: ad, ref, source, type, ad_id: adId } = given;
  const id = idFrom(whoOf(item), item.at, textOf(ref) ?? idOf(adId) ?? '', textOf(type) ?? '');
  return [
    {
      type: 'link.clicked',
      ...baseOf(item, keyOf(item, 'referral', id)),
      contact,
      opensWindow: tapOpener(given, item.raw.lead),
      data: compact({
        ...(camelCased(objectOf(ad)) as Record<string, unknown>),
        reference: textOf(ref),
        source: textOf(source),
        sourceType: sourceTypeOf(given),
        event: textOf(type)?.toLowerCase(),
        adId: idOf(adId),
        url: textOf(given.referer_uri),
        productId: idOf(objectOf(given.product).id) ?? idOf(objectOf(ad).product_id),
        answers: answersOf(item.raw.lead),
      }),
    },
  ];
}
