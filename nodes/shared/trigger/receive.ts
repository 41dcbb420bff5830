/** A delivery on its way into a workflow: verified over the raw bytes, then one item per event, in order. */
import {
  jsonParse,
  type IDataObject,
  type INodeExecutionData,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';
import type { DeliveryBody, ParleyEvent } from '../../../contract/event.ts';
import { verifyDelivery } from '../../../contract/signature.ts';
import { mediaOf, simplifyEvent } from '../simplify.ts';
import { parleyDownload } from '../transport.ts';
import { knownSecrets, type TriggerOptions } from './subscription.ts';

/** Files fetched at the same time. */
const DOWNLOADS_AT_ONCE = 5;

/**
 * `webhook` of every trigger. A delivery that none of this node's secrets signed gets 401 and starts nothing. Never 410, which
 * would end the subscription: n8n saves the secret a moment after the service told it, so the very first delivery may come
 * too early, and the service tries it again.
 *
 * An event may come more than once (n8n took it, its answer was lost). It is passed on each time: what a memory in this node
 * would hide might be an event whose execution never started. `eventId` is stable, for a 'Remove Duplicates' node.
 */
export async function receiveDelivery(context: IWebhookFunctions): Promise<IWebhookResponseData> {
  const { headers, rawBody } = context.getRequestObject() as unknown as SignedRequest;
  const secrets = knownSecrets(context.getWorkflowStaticData('node'));
  if (!secrets.some((secret) => verifyDelivery(secret, headers, rawBody, Date.now()))) {
    context.getResponseObject().status(401).send('The signature is missing, wrong or too old').end();
    return { noWebhookResponse: true };
  }
  const { events } = jsonParse<DeliveryBody>(rawBody.toString('utf8'));
  if (events.length === 0) return { webhookResponse: { taken: 0 } };
  const options = context.getNodeParameter('options', {}) as TriggerOptions;
  return { workflowData: [await toItems(context, events, options)] };
}

/** The part of n8n's request that counts here. */
interface SignedRequest {
  headers: Record<string, string | string[] | undefined>;
  rawBody: Buffer;
}

async function toItems(
  context: IWebhookFunctions,
  events: readonly ParleyEvent[],
  options: TriggerOptions,
): Promise<INodeExecutionData[]> {
  if (!options.downloadMedia) return events.map((event) => ({ json: simplifyEvent(event) }));
  const items: INodeExecutionData[] = [];
  for (let first = 0; first < events.length; first += DOWNLOADS_AT_ONCE) {
    const group = events.slice(first, first + DOWNLOADS_AT_ONCE);
    items.push(...(await Promise.all(group.map(async (event) => await withFile(context, event)))));
  }
  return items;
}

/** A file that cannot be fetched is said on the item: the message itself is not lost for it. */
async function withFile(context: IWebhookFunctions, event: ParleyEvent): Promise<INodeExecutionData> {
  const json: IDataObject = simplifyEvent(event);
  const media = mediaOf(event);
  if (media === undefined) return { json };
  try {
    const path = `/v1/media/${encodeURIComponent(media.id)}`;
    const file = await parleyDownload(context, { method: 'GET', path });
    const name = media.filename ?? file.fileName;
    const data = await context.helpers.prepareBinaryData(
      file.content,
      name,
      (media.mimeType ?? file.mimeType)?.split(';')[0],
    );
    return { json, binary: { data } };
  } catch (error) {
    return { json: { ...json, mediaError: (error as Error).message } };
  }
}
