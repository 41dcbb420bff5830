/** Keeps and fetches files: what contacts sent, and what is to be sent to them. */
import { firstIdAt } from '../../core/ids.ts';
import type { Reaction } from '../../events/reaction.ts';
import type { PersonEraser } from '../../maintenance/person-eraser.ts';
import type { Ages, RetentionPart } from '../../maintenance/retention-part.ts';
import { dropMedia, dropMediaOf } from '../../store/media-keeping.store.ts';
import { dropLost, dropUploads, FIRST_UPLOAD } from '../../store/upload.store.ts';
import type { Feature, FeatureGauge, Kernel } from '../feature.ts';
import { FolderBlobs } from './folder-blobs.ts';
import { KeptFiles } from './kept-files.ts';
import { MediaController } from './media.controller.ts';
import { Media } from './media.ts';
import { ProviderFiles } from './provider-files.ts';
import { Uploads, WAIT_MS } from './uploads.ts';

/** Keeps what names a file at the provider so long at least; a workflow that was down for a week still finds it. */
const KEEP_MS = 8 * 24 * 3_600_000;
/** Bounds the rounds of files of each conversation that go at once. */
const ROUNDS_AT_ONCE = 10;

export function media(kernel: Kernel): Feature {
  const { files: keeping, io } = kernel;
  const provider = new ProviderFiles(kernel);
  const blobs = new FolderBlobs(keeping.folder);
  const kept = new KeptFiles({ ...kernel, log: io.log, provider, blobs, keeping });
  const uploads = new Uploads({ ...kernel, kept });
  return {
    name: 'media',
    // Also where no files of contacts are kept any more: what was promised and kept before is cleared away.
    jobs: [kept],
    ...(keeping.ms > 0 && { reactions: reactions(kept) }),
    metrics: [figures(kept, keeping.maxTotalBytes)],
    files: [uploads],
    controllers: [MediaController],
    // Their ids before what is kept by them.
    erase: [fileEraser, eraser(kept)],
    services: [new Media({ ...kernel, provider, kept, uploads })],
    retain: [...mediaRetention(kernel.keep), sweep(kept)],
  };
}

function reactions(kept: KeptFiles): NonNullable<Feature['reactions']> {
  const received: Reaction<'message.received' | 'message.edited' | 'message.echo' | 'call'> = {
    on: ['message.received', 'message.edited', 'message.echo', 'call'],
    react: (tx, event) => kept.promise(tx, event),
  };
  const takenBack: Reaction<'message.deleted'> = { on: ['message.deleted'], react: (tx) => kept.promiseSweep(tx) };
  return [received, takenBack];
}

function figures(kept: KeptFiles, limit: number): FeatureGauge {
  const help = 'Bytes of the files that are kept, and how many may be';
  return { name: 'kept_files_bytes', help, label: 'of', read: async () => ({ used: kept.bytes, limit }) };
}

/** Files are found by the conversation: messages and events may not tell of them any more. */
const fileEraser: PersonEraser<unknown, unknown, null> = {
  name: 'files',
  async erase(tx, { conversationIds }) {
    for (const id of conversationIds)
      for (let round = 0; round < ROUNDS_AT_ONCE; round++) if (!(await dropMediaOf(tx, id))) break;
    return {};
  },
  async step(tx, { conversationIds }) {
    for (const id of conversationIds) if (await dropMediaOf(tx, id)) return { at: null };
    return 'done';
  },
};

/** The ids of a person's files went before each of these sweeps. */
function eraser(kept: KeptFiles): PersonEraser {
  return {
    name: 'kept files',
    async erase(tx) {
      await kept.promiseSweep(tx);
      return {};
    },
    async step(tx) {
      await kept.promiseSweep(tx);
      return 'done';
    },
  };
}

function sweep(kept: KeptFiles): RetentionPart {
  return {
    name: 'kept files',
    async sweep(tx) {
      await kept.promiseSweep(tx);
      return undefined;
    },
  };
}

function mediaRetention({ bodies }: Ages): RetentionPart[] {
  const received: RetentionPart = {
    name: 'media',
    sweep: (tx, _, now) => dropMedia(tx, firstIdAt('mdi', now - Math.max(bodies, KEEP_MS))),
  };
  const uploaded: RetentionPart<typeof FIRST_UPLOAD> = {
    name: 'uploads',
    sweep: (tx, from, now) => dropUploads(tx, from ?? FIRST_UPLOAD, now, now - Math.min(bodies, WAIT_MS)),
  };
  const lost: RetentionPart = { name: 'lost uploads', sweep: (tx, _, now) => dropLost(tx, now - WAIT_MS) };
  return [...(bodies < Infinity ? [received] : []), uploaded, lost];
}
