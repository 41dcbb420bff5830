/** Files. */
import { mediaPower } from '../protocols/meta/media.ts';
import { accountOf } from './account.ts';
import { capabilities } from './capabilities.ts';

export const media = mediaPower(accountOf, capabilities.media);
