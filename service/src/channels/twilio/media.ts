/** Files of contacts, fetched from Twilio. Files to send are links: Twilio fetches them itself. */
import { ParleyError, SendError } from '../../core/errors.ts';
import type { ConnectorIo, MediaPower, MediaRef } from '../../connectors/connector.ts';
import { openFile } from '../kit/download.ts';
import { numberOf, objectOf } from '../kit/json.ts';
import { answeredAt, MAX_APART_MS } from '../kit/provider-clock.ts';
import type { Line } from './addresses.ts';
import { answerError, authorization, hostOf, twilioAnswer } from './call.ts';
import { kindOf } from './capabilities.ts';
import { rfcInstant } from './payloads.ts';
import type { TwilioSettings } from './settings.ts';

/** A file may show up a little after the webhook that names it. */
const APPEARS_WITHIN_MS = 5 * 60_000;
const LOOK_AGAIN_MS = 5_000;

/** The credentials go along with a download, so they go to Twilio only, or to the stand-in that was configured. */
function isTrusted(url: string, settings: TwilioSettings): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, protocol, hostname } = new URL(url);
  if (origin === new URL(hostOf(settings, 'api')).origin) return true;
  return protocol === 'https:' && hostname.endsWith('.twilio.com');
}

function gone(): ParleyError {
  return new ParleyError(410, 'media_gone', 'Twilio no longer has this file.');
}

/** Not there yet, or no more? The message knows when it came, by Twilio's clock, and the answer what that shows now. */
async function absence(url: string, settings: TwilioSettings, io: ConnectorIo): Promise<Error> {
  const path = /^(.*\/Messages\/[^/]+)\/Media\//.exec(new URL(url).pathname)?.[1];
  if (path === undefined) return gone();
  try {
    const { body, headers } = await twilioAnswer({ method: 'GET', path: `${path}.json` }, settings, io);
    const [createdAt, now] = [rfcInstant(objectOf(body).date_created), answeredAt(headers)];
    const ageMs = createdAt === undefined ? Infinity : (now ?? io.clock.reached() - MAX_APART_MS) - createdAt;
    const isNew = ageMs < APPEARS_WITHIN_MS;
    const details = { retryAfterMs: LOOK_AGAIN_MS, scope: 'message' as const };
    return isNew ? new SendError('unreachable', 'Twilio does not have the file yet.', details) : gone();
  } catch (error) {
    return error instanceof SendError && error.kind === 'rejected' ? gone() : (error as Error);
  }
}

async function download(
  { providerId: url }: MediaRef,
  settings: TwilioSettings,
  io: ConnectorIo,
): ReturnType<MediaPower<unknown>['download']> {
  if (!isTrusted(url, settings)) {
    throw new SendError('rejected', 'The file is not on a host of Twilio; it was not fetched.');
  }
  const response = await openFile(url, { authorization: authorization(settings) }, io);
  if (response.status === 404 || response.status === 410) throw await absence(url, settings, io);
  if (response.status !== 200) throw answerError(response, settings);
  const bytes = numberOf(response.headers['content-length']);
  return {
    stream: response.stream,
    mimeType: response.headers['content-type'] ?? '',
    ...(bytes !== undefined && { bytes }),
  };
}

export function mediaOn(line: Line): MediaPower<TwilioSettings> {
  return { download, kindOf: (mimeType) => kindOf(line, mimeType) };
}
