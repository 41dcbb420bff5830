/** Files: what contacts sent, and what is to be sent to them. */
import { firstIdAt } from '../../core/ids.ts';
import type { Ages, RetentionPart } from '../../maintenance/retention-part.ts';
import { dropMedia, dropUploads, FIRST_UPLOAD } from '../../store/retention.store.ts';
import type { Feature, Kernel } from '../feature.ts';
import { MediaController } from './media.controller.ts';
import { Media } from './media.ts';

/** Of a file, only what names it at the provider is kept; a workflow that was down for a week still finds it. */
const KEEP_MS = 8 * 24 * 3_600_000;

export function media(kernel: Kernel): Feature {
  return {
    name: 'media',
    controllers: [MediaController],
    services: [new Media(kernel)],
    retain: mediaRetention(kernel.keep),
  };
}

function mediaRetention({ bodies }: Ages): RetentionPart[] {
  const received: RetentionPart = {
    name: 'media',
    sweep: (tx, _, now) => dropMedia(tx, firstIdAt('mdi', now - Math.max(bodies, KEEP_MS))),
  };
  const uploaded: RetentionPart<typeof FIRST_UPLOAD> = {
    name: 'uploads',
    sweep: (tx, from, now) => dropUploads(tx, from ?? FIRST_UPLOAD, now),
  };
  return [...(bodies < Infinity ? [received] : []), uploaded];
}
