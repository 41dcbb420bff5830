/** Shows, replays and discards dead letters: what ended without having arrived. */
import { DEAD_LETTER_CODES } from '../../../../contract/dead-letter.ts';
import type { Feature, Kernel } from '../feature.ts';
import { DeadLettersController, FORMER_DEAD_LETTERS, FormerDeadLettersController } from './dead-letters.controller.ts';
import { DeadLetters } from './dead-letters.ts';

export function deadLetters(kernel: Kernel): Feature {
  const letters = new DeadLetters(kernel);
  return {
    name: 'dead letters',
    controllers: [DeadLettersController, FormerDeadLettersController],
    codes: DEAD_LETTER_CODES,
    deprecated: [FORMER_DEAD_LETTERS],
    services: [letters],
    metrics: [
      {
        name: 'dead_letters',
        help: 'What did not arrive and waits for a person',
        label: 'type',
        read: () => letters.count(),
      },
    ],
  };
}
