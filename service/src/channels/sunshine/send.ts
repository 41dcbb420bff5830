/** One message, one call; what shows while an answer is written; files. */
import type { ConnectorIo, MediaPower } from '../../connectors/connector.ts';
import { ParleyError, SendError } from '../../core/errors.ts';
import type { OutgoingMessage, PresencePower, SendReceipt } from '../channel.ts';
import { openFile } from '../kit/download.ts';
import { compact, idOf, numberOf, objectOf, objectsOf, type JsonObject } from '../kit/json.ts';
import { stringsIn } from '../kit/scrub.ts';
import { answerError, authorization, conversationPath, sunshine } from './call.ts';
import { kindOf } from './capabilities.ts';
import { render } from './render.ts';
import { hostOf, type SunshineSettings } from './settings.ts';
import { instantIn } from './payloads.ts';

/** Names that an error has to be able to name; everything else that was written stays out of it. */
const NAMES = new Set(['type', 'language']);

/** One request may make several messages, as a template with text does: the first is the message, all of them are known as it. */
export function receiptIn({ messages }: JsonObject): SendReceipt | undefined {
  const made = objectsOf(messages);
  const ids = made.map(({ id }) => idOf(id)).filter((id) => id !== undefined);
  const [providerMessageId] = ids;
  if (providerMessageId === undefined) return undefined;
  return compact({
    ...{ providerMessageId, sentAt: instantIn(made[0]?.received) },
    providerMessageIds: ids.length > 1 ? ids : undefined,
  });
}

export async function send(
  message: OutgoingMessage,
  settings: SunshineSettings,
  io: ConnectorIo,
): Promise<SendReceipt> {
  const { content, thread } = message;
  const said = stringsIn(content.type === 'template' ? { ...content, name: '' } : content, NAMES);
  const json = render(message, settings);
  const answer = await sunshine(
    { method: 'POST', path: conversationPath(thread, '/messages'), json, said },
    settings,
    io,
  );
  const receipt = receiptIn(answer);
  if (receipt === undefined) {
    throw new SendError('uncertain', 'Sunshine accepted the request, but its answer names no message.');
  }
  return receipt;
}

/** Marks the conversation as read; typing shows on channels that have it. */
export const presence: PresencePower<SunshineSettings> = {
  async markRead({ thread }, typing, settings, io) {
    if (thread === undefined) {
      const why = 'Nobody knows in which conversation this was said, and Sunshine marks conversations as read.';
      throw new SendError('rejected', why);
    }
    const act = async (type: string) => {
      const json = { author: { type: 'business' }, type };
      await sunshine(
        { method: 'POST', path: conversationPath(thread, '/activity'), json, repeatable: true },
        settings,
        io,
      );
    };
    await act('conversation:read');
    if (typing !== undefined) await act(typing ? 'typing:start' : 'typing:stop');
  },
};

const HOSTS = ['.zendesk.com', '.smooch.io'];

/** The key goes along with a download of a private file, so it goes to Sunshine only, or to the stand-in that was configured. */
function isOfProvider(url: string, settings: SunshineSettings): boolean {
  const { origin, protocol, hostname } = new URL(url);
  if (origin === new URL(hostOf(settings)).origin) return true;
  return protocol === 'https:' && HOSTS.some((host) => hostname.endsWith(host));
}

export const media: MediaPower<SunshineSettings> = {
  async download({ providerId: url }, settings, io) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new SendError('rejected', 'The message names no link to its file; it was not fetched.');
    }
    const headers: Record<string, string> = isOfProvider(url, settings)
      ? { authorization: authorization(settings) }
      : {};
    const keyed = await openFile(url, headers, io);
    // Public files lie in a storage that refuses to be shown a key that is not its own.
    const isShown = headers.authorization === undefined || ![400, 401, 403].includes(keyed.status);
    const response = isShown ? keyed : await openFile(url, {}, io);
    const { status, stream } = response;
    if (status === 404 || status === 410) throw new ParleyError(410, 'media_gone', 'Sunshine no longer has this file.');
    if (status !== 200) throw answerError(response, settings);
    const bytes = numberOf(response.headers['content-length']);
    return { stream, mimeType: response.headers['content-type'] ?? '', ...(bytes !== undefined && { bytes }) };
  },
  /** The id is the file's public address. */
  async upload(file, settings, io) {
    const { stream, filename, mimeType: contentType, bytes } = file;
    const source = { name: 'source', value: { stream, filename, contentType, bytes } };
    const query = { access: 'public', for: 'message' };
    const answer = await sunshine(
      { method: 'POST', path: '/attachments', form: [source], query, repeatable: true },
      settings,
      io,
    );
    const providerId = idOf(objectOf(answer.attachment).mediaUrl);
    if (providerId === undefined)
      throw new SendError('rejected', 'Sunshine took the file, but its answer has no address.');
    return { providerId };
  },
  kindOf,
};
