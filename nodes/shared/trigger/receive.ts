/** A delivery on its way into a workflow: verified over the raw bytes, then one item per event, in order. */
import {
  jsonParse,
  type IBinaryData,
  type IBinaryKeyData,
  type IDataObject,
  type INodeExecutionData,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';
import type { DeliveryBody, ParleyEvent } from '../../../contract/event.ts';
import type { InboundMedia } from '../../../contract/media.ts';
import { verifyDelivery } from '../../../contract/signature.ts';
import { filesOf, simplifyEvent } from '../simplify.ts';
import { parleyDownload } from '../transport.ts';
import { confirm } from '../confirm.ts';
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
  const { headers, rawBody } = context.getRequestObject();
  const secrets = knownSecrets(context.getWorkflowStaticData('node'));
  if (!secrets.some((secret) => verifyDelivery(secret, headers, rawBody, Date.now()))) {
    context.getResponseObject().status(401).send('The signature is missing, wrong or too old').end();
    return { noWebhookResponse: true };
  }
  const { events } = jsonParse<DeliveryBody>(rawBody.toString('utf8'));
  if (events.length === 0) return { webhookResponse: confirm(context) };
  const options = context.getNodeParameter('options', {}) as TriggerOptions;
  const workflowData = [await toItems(context, events, options)];
  return { webhookResponse: confirm(context), workflowData };
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
    items.push(...(await Promise.all(group.map(async (event) => await withFiles(context, event)))));
  }
  return items;
}

/** The binary field of a message's file: `data`, then `data_1`, `data_2`… */
const fieldOf = (index: number): string => (index === 0 ? 'data' : `data_${index}`);

async function download(context: IWebhookFunctions, media: InboundMedia): Promise<IBinaryData> {
  const path = `/v1/media/${encodeURIComponent(media.id)}`;
  const file = await parleyDownload(context, { method: 'GET', path });
  const mimeType = (media.mimeType ?? file.mimeType)?.split(';')[0];
  return await context.helpers.prepareBinaryData(file.content, media.filename ?? file.fileName, mimeType);
}

/** A file that cannot be fetched is said on the item: the message itself and its other files are not lost for it. */
async function withFiles(context: IWebhookFunctions, event: ParleyEvent): Promise<INodeExecutionData> {
  const json: IDataObject = simplifyEvent(event);
  const binary: IBinaryKeyData = {};
  const failures: string[] = [];
  for (const [index, { media }] of filesOf(event).entries()) {
    try {
      binary[fieldOf(index)] = await download(context, media);
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  return {
    json: failures.length > 0 ? { ...json, mediaError: failures.join('; ') } : json,
    ...(Object.keys(binary).length > 0 && { binary }),
  };
}
