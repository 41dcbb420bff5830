/** THE list of channels: adding one is a folder and two lines here. */
import type { Channel } from './channel.ts';
import { dialog360 } from './dialog360/index.ts';
import { instagram } from './instagram/index.ts';
import { messenger } from './messenger/index.ts';
import { ringcentral } from './ringcentral/index.ts';
import { sendbird } from './sendbird/index.ts';
import { sunshine } from './sunshine/index.ts';
import { twilioSms, twilioWhatsApp } from './twilio/index.ts';
import { whatsapp } from './whatsapp/index.ts';

/** Settings are checked by each channel's own schema before they reach it, so the list forgets their type. */
export const channels: readonly Channel[] = [
  whatsapp as Channel,
  dialog360 as Channel,
  messenger as Channel,
  instagram as Channel,
  twilioSms as Channel,
  twilioWhatsApp as Channel,
  sendbird as Channel,
  sunshine as Channel,
  ringcentral as Channel,
];
