/** One content, one call; an intervention is opened where RingCentral says that a reply needs one. Files, and what a GET tells. */
import type { ConnectorIo, MediaPower } from '../../connectors/connector.ts';
import { ParleyError, SendError } from '../../core/errors.ts';
import type { CompletionPower, OutgoingMessage, SendReceipt } from '../channel.ts';
import { openFile } from '../kit/download.ts';
import { compact, idOf, numberOf, objectsOf, type JsonObject } from '../kit/json.ts';
import { stringsIn } from '../kit/scrub.ts';
import { answerError, authorization, engage } from './call.ts';
import { kindOf } from './capabilities.ts';
import { wholeContent } from './parse-content.ts';
import { ADDRESS, instantIn } from './payloads.ts';
import { render, type Place } from './render.ts';
import { hostOf, type RingCentralSettings } from './settings.ts';

/** Names that an error has to be able to name; everything else that was written stays out of it. */
const NAMES = new Set(['type', 'language', 'mediaId']);

/** The newest content of a thread that a customer wrote: what an answer is below. */
async function lastIn(thread: string, settings: RingCentralSettings, io: ConnectorIo): Promise<string> {
  const query = { q: `thread:${thread}`, limit: 50, sort: '-created_at' };
  const answer = await engage({ method: 'GET', path: '/contents', query }, settings, io);
  const written = objectsOf(answer.records).filter(({ creator_id: creator }) => idOf(creator) === undefined);
  const newest = written.sort((a, b) => (instantIn(b.created_at) ?? 0) - (instantIn(a.created_at) ?? 0))[0];
  const id = idOf(newest?.id);
  if (id === undefined)
    throw new SendError('rejected', 'The thread has no message of a customer that could be answered.');
  return id;
}

async function placeFor(message: OutgoingMessage, settings: RingCentralSettings, io: ConnectorIo): Promise<Place> {
  const { thread, to, replyToProviderId, inReplyTo } = message;
  const answered = replyToProviderId ?? inReplyTo;
  if (answered !== undefined) return { in_reply_to_id: answered };
  if (thread !== '') return { in_reply_to_id: await lastIn(thread, settings, io) };
  if (settings.sourceId === undefined) {
    throw new SendError(
      'invalid',
      'Only an account with a source can write first: name the thread, or use such an account.',
    );
  }
  if (to.kind !== ADDRESS) {
    throw new SendError('invalid', 'An identity can be answered in a thread only: name the thread, or a phone number.');
  }
  return { source_id: settings.sourceId, to: to.address };
}

/** The receipt in an answer. */
export function receiptIn(content: JsonObject): SendReceipt | undefined {
  const providerMessageId = idOf(content.id);
  return providerMessageId === undefined
    ? undefined
    : compact({ providerMessageId, sentAt: instantIn(content.created_at) });
}

/** A reply needs an open intervention: RingCentral refuses it (422) before anything is said, so it is said again once there is one. */
async function post(json: JsonObject, place: Place, said: string[], settings: RingCentralSettings, io: ConnectorIo) {
  const call = { method: 'POST', path: '/contents', json, said } as const;
  if (!('in_reply_to_id' in place)) return engage(call, settings, io);
  try {
    return await engage(call, settings, io);
  } catch (error) {
    const isRefused = error instanceof SendError && error.kind === 'rejected' && /intervention/i.test(error.message);
    if (!isRefused) throw error;
    const query = { content_id: place.in_reply_to_id };
    await engage({ method: 'POST', path: '/interventions', query, repeatable: true }, settings, io);
    return engage(call, settings, io);
  }
}

export async function send(
  message: OutgoingMessage,
  settings: RingCentralSettings,
  io: ConnectorIo,
): Promise<SendReceipt> {
  const place = await placeFor(message, settings, io);
  const said = stringsIn(message.content, NAMES);
  const receipt = receiptIn(await post(render(message, place), place, said, settings, io));
  if (receipt === undefined) {
    throw new SendError('uncertain', 'RingCentral accepted the request, but its answer names no content.');
  }
  return receipt;
}

/** The token goes along with a download, so it goes to RingCentral only, or to the stand-in that was configured. */
function isOfProvider(url: string, settings: RingCentralSettings): boolean {
  const { origin, protocol, hostname } = new URL(url);
  if (origin === new URL(hostOf(settings)).origin) return true;
  return protocol === 'https:' && ['.ringcentral.com', '.dimelo.com'].some((host) => hostname.endsWith(host));
}

export const media: MediaPower<RingCentralSettings> = {
  async download({ providerId: url }, settings, io) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new SendError('rejected', 'The content names no link to its file; it was not fetched.');
    }
    const headers: Record<string, string> = isOfProvider(url, settings)
      ? { authorization: authorization(settings) }
      : {};
    const response = await openFile(url, headers, io);
    const { status, stream } = response;
    if (status === 404 || status === 410)
      throw new ParleyError(410, 'media_gone', 'RingCentral no longer has this file.');
    if (status !== 200) throw answerError(response, settings);
    const bytes = numberOf(response.headers['content-length']);
    return { stream, mimeType: response.headers['content-type'] ?? '', ...(bytes !== undefined && { bytes }) };
  },
  async upload({ stream, filename, mimeType: contentType, bytes }, settings, io) {
    const form = [{ name: 'file', value: { stream, filename, contentType, bytes } }];
    const answer = await engage({ method: 'POST', path: '/attachments', form, repeatable: true }, settings, io);
    const providerId = idOf(answer.id);
    if (providerId === undefined)
      throw new SendError('rejected', 'RingCentral took the file, but its answer has no ID.');
    return { providerId };
  },
  kindOf,
};

export const completion: CompletionPower<RingCentralSettings> = {
  async complete({ rest }, settings, io) {
    const path = `/contents/${encodeURIComponent(String(rest['contentId']))}`;
    return { content: wholeContent(await engage({ method: 'GET', path }, settings, io)) };
  },
};
