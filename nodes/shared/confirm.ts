/** Confirms deliveries: a 2xx by itself proves nothing, as n8n answers every URL with 200 while it starts. */
import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { CONFIRMATION } from '../../contract/signature.ts';

/**
 * Repeats the delivery's id in the answer: as a header at once, and as the body that is answered. n8n sends both with a 2xx only once the execution
 * is stored, and with an error none that counts.
 */
export function confirm(context: IWebhookFunctions): IDataObject {
  const id = context.getHeaderData()[CONFIRMATION];
  if (typeof id !== 'string') return {};
  context.getResponseObject().setHeader(CONFIRMATION, id);
  return { [CONFIRMATION]: id };
}
