/** Files of contacts, fetched from Sendbird or from where the app keeps them. Files to send are links. */
import type { MediaPower } from '../../connectors/connector.ts';
import { ParleyError, SendError } from '../../core/errors.ts';
import { openFile } from '../kit/download.ts';
import { numberOf } from '../kit/json.ts';
import { answerError, hostOf } from './call.ts';
import { kindOf } from './capabilities.ts';
import type { SendbirdSettings } from './settings.ts';

/** The token goes along with a download, so it goes to Sendbird only, or to the stand-in that was configured. */
function isOfProvider(url: string, settings: SendbirdSettings): boolean {
  const { origin, protocol, hostname } = new URL(url);
  if (origin === new URL(hostOf(settings)).origin) return true;
  return protocol === 'https:' && hostname.endsWith('.sendbird.com');
}

export const media: MediaPower<SendbirdSettings> = {
  async download({ providerId: url }, settings, io) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new SendError('rejected', 'The message names no link to its file; it was not fetched.');
    }
    const headers: Record<string, string> = isOfProvider(url, settings) ? { 'api-token': settings.apiToken } : {};
    const response = await openFile(url, headers, io);
    const { status, stream } = response;
    if (status === 404 || status === 410) throw new ParleyError(410, 'media_gone', 'The file is not there (any more).');
    if (status !== 200) throw answerError(response, settings);
    const bytes = numberOf(response.headers['content-length']);
    return { stream, mimeType: response.headers['content-type'] ?? '', ...(bytes !== undefined && { bytes }) };
  },
  kindOf,
};
