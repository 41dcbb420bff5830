/** What a process knows of a pause, when its end and a trial meet in one commit. */
import { Accounts } from '../../service/src/connectors/accounts.ts';
import { makeIds } from '../../service/src/core/ids.ts';
import { Circuit } from '../../service/src/outbound/circuit.ts';
import type { Outcomes } from '../../service/src/outbound/outcome/outcomes.ts';
import { parseEncryptionKeys, SecretBox } from '../../service/src/platform/secret-box.ts';
import * as store from '../../service/src/store/account.store.ts';
import { manualClock } from '../sandbox/kit/clock.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

const MINUTE = 60_000;
const open = tempLedgers();

test('a pause that ends while the next trial is taken is over', async () => {
  const ledger = await open();
  const clock = manualClock(1_750_000_000_000);
  const sealer = new SecretBox(parseEncryptionKeys(Buffer.alloc(32, 7).toString('base64')));
  const accounts = await Accounts.load({
    ledger,
    sealer,
    clock,
    ids: makeIds(clock),
    outbox: { enqueue: async () => undefined },
  });
  const settings = { accessToken: 'token', phoneNumberId: '1' };
  const { account } = await accounts.put('whatsapp', '1', { settings });
  const pause = { since: clock.now(), reason: 'refused', probeAt: clock.now() + MINUTE, by: 'answer' as const };
  await ledger.write((tx) => store.pause(tx, account, pause));
  accounts.noted(account.id, { pause });
  clock.advance(MINUTE);
  const paused = { ...account, pause };
  const outcomes = { resumed: async () => undefined } as unknown as Outcomes;
  const circuit = new Circuit({ ledger, accounts, outcomes, clock });
  await Promise.all([circuit.probe(paused), ledger.write((tx) => circuit.answered(tx, paused, 'accepted'))]);
  expect((await store.findById(ledger.reader, account.id))?.pausedAt).toBeNull();
  expect(accounts.find(account.id)?.pause).toBeNull();
});
