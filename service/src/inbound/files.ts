/** Gives files that a fact tells of ids of ours, by which they are fetched when they are asked for. */
import type { InboundContent } from '../../../contract/message.ts';
import type { InboundMedia } from '../../../contract/media.ts';
import type { ParsedContent, ProviderMedia } from '../channels/channel.ts';
import type { Participant } from '../contacts/resolve.ts';
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import type { Sealer } from '../core/sealer.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as media from '../store/media.store.ts';

/** Lists what `Files` works with. */
export interface FilesDeps {
  ids: Ids;
  clock: Clock;
  sealer: Sealer;
}

/** Says where a file comes. */
export interface FilePlace {
  accountId: string;
  conversationId: string;
}

export class Files {
  readonly #deps: FilesDeps;

  constructor(deps: FilesDeps) {
    this.#deps = deps;
  }

  async in(tx: Tx, place: FilePlace, content: ParsedContent): Promise<InboundContent> {
    if (!('media' in content)) return content;
    const { media: file, more, ...rest } = content;
    const first = await this.one(tx, place, file);
    const others: { type: (typeof rest)['type']; media: InboundMedia }[] = [];
    for (const one of more ?? []) others.push({ ...one, media: await this.one(tx, place, one.media) });
    return { ...rest, media: first, ...(others.length > 0 && { more: others }) };
  }

  /** Gives one file an id of ours. */
  async one(tx: Tx, place: FilePlace, { providerId, secret, ...facts }: ProviderMedia): Promise<InboundMedia> {
    const { mimeType = '', filename = null } = facts;
    const id = this.#deps.ids.next('mdi');
    await media.insert(tx, { id, ...place, providerId, mimeType, filename }, this.#deps.clock.now());
    if (secret !== undefined) await media.setSecret(tx, id, this.#deps.sealer.encrypt(secret, id));
    return { id, ...facts };
  }
}

/** Answers where the files of a conversation belong. */
export function placeOf({ conversation: { id: conversationId, accountId } }: Participant): FilePlace {
  return { accountId, conversationId };
}
