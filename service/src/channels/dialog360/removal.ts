/** Says what stays at 360dialog: its API can point a number's webhook elsewhere, but not take it away. */
import type { ProvisioningStep } from '../../../../contract/api.ts';
import type { ConnectorIo, Removal } from '../../connectors/connector.ts';
import { SendError } from '../../core/errors.ts';
import { textOf } from '../kit/json.ts';
import { missing, passed, unlessRefused } from '../kit/steps.ts';
import { dialog360Call, WEBHOOK_PATH } from './client.ts';
import type { Dialog360Settings } from './settings.ts';

/** The webhook of the number; undefined when it has none. */
async function webhookOf(settings: Dialog360Settings, io: ConnectorIo): Promise<string | undefined> {
  try {
    return textOf((await dialog360Call({ method: 'GET', path: WEBHOOK_PATH }, settings, io)).url);
  } catch (error) {
    if (error instanceof SendError && error.details.providerCode === 'http_404') return undefined;
    throw error;
  }
}

export async function remove(
  { webhookUrls }: Removal<Dialog360Settings>,
  settings: Dialog360Settings,
  io: ConnectorIo,
): Promise<ProvisioningStep[]> {
  const step = 'webhook';
  const where = "in the 360dialog Hub under the number's Channel Webhook";
  const run = async () => {
    const url = await webhookOf(settings, io);
    if (url === undefined || !webhookUrls.includes(url)) return passed(step);
    const detail = `360dialog goes on calling ${url}, as its API takes no webhook away: change or remove it ${where}.`;
    return missing(step, detail);
  };
  const refused = ({ message }: SendError) =>
    missing(step, `${message} So 360dialog may go on calling ${webhookUrls[0]}: look for it ${where}.`);
  return [await unlessRefused(run, refused)];
}
