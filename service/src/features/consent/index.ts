/**
 * Sends nobody what they said stop to, whether they said it by the provider's own means, in a word, or under another spelling of their number,
 * and whether anybody still knows them.
 */
import type { Feature, Kernel } from '../feature.ts';
import { confirmations } from './confirmation.ts';
import { hearing } from './hearing.ts';
import { moved, refused, stated, templateChanged } from './heeding.ts';
import { categoryRetention, consentEraser, yesRetention } from './keeping.ts';
import { leftOut } from './left-out.ts';
import { stopRule } from './rule.ts';
import { Wishes } from './wishes.ts';

export function consent({ sealer, ...kernel }: Kernel): Feature {
  const wishes = new Wishes(sealer);
  return {
    name: 'consent',
    jobs: [confirmations(kernel)],
    reactions: [stated(wishes), hearing({ ...kernel, wishes }), refused(wishes), moved(wishes), templateChanged],
    permissionRules: [stopRule({ ...kernel, wishes })],
    erase: [consentEraser(wishes)],
    leftOutHeeders: [leftOut(wishes)],
    retain: [yesRetention, categoryRetention],
  };
}
