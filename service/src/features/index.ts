/** THE list of features: a feature is one folder here and one line. */
import { conversations } from './conversations/index.ts';
import { deadLetters } from './dead-letters/index.ts';
import type { MakeFeature } from './feature.ts';
import { media } from './media/index.ts';
import { stops } from './stops/index.ts';

export const FEATURES: readonly MakeFeature[] = [stops, media, deadLetters, conversations];
