/** Every rule is asked, and the reasons come in the order of their gravity, whoever gave the rule. */
import { findChannel } from '../../service/src/channels/registry.ts';
import type { LiveAccount } from '../../service/src/connectors/live.ts';
import { Permissions, type PermissionRule, type SendQuestion } from '../../service/src/outbound/permission.ts';
import { serviceClock } from '../support/service-clock.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

const open = tempLedgers();
const account = { id: 'acc', channel: findChannel('whatsapp'), settings: {} } as unknown as LiveAccount;
const question: SendQuestion = {
  ...{ account, contact: undefined, conversation: undefined },
  ...{ kind: 'receipt', purpose: 'campaign', author: 'bot' },
};
const says = (about: PermissionRule['about'], detail: string): PermissionRule => ({
  about,
  refuses: async () => ({ code: 'opted_out', detail }),
});

test('the reasons of features stand among those of the kernel', async () => {
  const { reader } = await open();
  const permissions = new Permissions(serviceClock(1_750_000_000_000));
  permissions.register([says('cap', 'too many'), says('consent', 'no')]);
  permissions.register([says('hours', 'too late')]);
  const reasons = await permissions.refusals(reader, question);
  expect(reasons.map(({ code, detail }) => (code === 'opted_out' ? detail : code))).toEqual([
    'unsupported_by_channel',
    'no',
    'session_closed',
    'too late',
    'too many',
  ]);
});
