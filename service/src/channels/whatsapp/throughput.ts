/** What Meta allows this number (page "Throughput"): by its level, or less when it is also used in the WhatsApp Business app. */
import type { LimitsPower } from '../../connectors/connector.ts';
import { flagOf, objectOf, textOf } from '../kit/json.ts';
import { graph } from './graph.ts';
import type { WhatsAppSettings } from './settings.ts';

/** By `throughput.level`. */
const PER_SECOND: ReadonlyMap<string | undefined, number> = new Map([
  ['STANDARD', 80],
  ['HIGH', 1_000],
]);
/** Coexistence: `is_on_biz_app` of a number on the Cloud API (page "Onboard WhatsApp Business app users"). */
const COEXISTENCE_PER_SECOND = 20;

export const limits: LimitsPower<WhatsAppSettings> = {
  async perSecond(settings, io) {
    const query = { fields: 'id,throughput,platform_type,is_on_biz_app' };
    const answer = await graph({ method: 'GET', path: settings.phoneNumberId, query }, settings, io);
    const isShared = flagOf(answer.is_on_biz_app) === true && textOf(answer.platform_type) === 'CLOUD_API';
    return isShared ? COEXISTENCE_PER_SECOND : PER_SECOND.get(textOf(objectOf(answer.throughput).level));
  },
};
