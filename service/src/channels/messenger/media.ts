/** Files. */
import { mediaPower } from '../kit/meta/media.ts';
import { accountOf } from './account.ts';
import { capabilities } from './capabilities.ts';

export const media = mediaPower(accountOf, capabilities.media);
