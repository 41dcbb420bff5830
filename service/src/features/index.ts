/** Lists the features: adding one is a folder and two lines here. */
import { actions } from './actions/index.ts';
import { contacts } from './contacts/index.ts';
import { consent } from './consent/index.ts';
import { conversations } from './conversations/index.ts';
import { deadLetters } from './dead-letters/index.ts';
import { eventReplay } from './event-replay/index.ts';
import type { MakeFeature } from './feature.ts';
import { media } from './media/index.ts';
import { templates } from './templates/index.ts';

export const FEATURES: readonly MakeFeature[] = [
  consent,
  media,
  deadLetters,
  eventReplay,
  conversations,
  contacts,
  templates,
  actions,
];
