/** Refusals that sound as if the account were broken: of all its messages, or of one alone. */
import { SendError } from '../../service/src/core/errors.ts';
import * as attempts from '../../service/src/store/attempt.store.ts';
import * as messages from '../../service/src/store/message.store.ts';
import { eventually } from '../support/eventually.ts';
import { tempLedgers } from '../support/temp-ledger.ts';
import { OutboundFixture } from './fixture.ts';

const MINUTE = 60_000;
const open = tempLedgers();
let fixture: OutboundFixture;

/** The provider refuses all to whom it `refuses`. */
async function start(refuses: (address: string) => boolean): Promise<void> {
  fixture = await new OutboundFixture(await open()).start();
  await fixture.account('1');
  fixture.answer = ({ message }) => {
    if (refuses(message.to.address)) throw new SendError('settings', 'Access denied', { providerCode: '131005' });
    return { providerMessageId: `provider ${message.id}` };
  };
}

afterEach(() => fixture.stop());

const find = async (id: string) => messages.find(fixture.ledger.reader, id);

/** Minutes go by until it is so; in each of them `meanwhile` happens. */
function inTime(isSo: () => Promise<boolean>, what: string, meanwhile: () => Promise<unknown> = async () => undefined) {
  return eventually(async () => {
    if (await isSo()) return true;
    await meanwhile();
    fixture.advance(MINUTE);
    return false;
  }, what);
}

test('a message that alone is refused does not stop those of others again and again', async () => {
  const alone = '+15551230099';
  await start((address) => address.endsWith(alone.slice(1)));
  const { id } = await fixture.send('1', alone);
  const others: string[] = [];
  const isOver = async () => (await find(id))?.status === 'failed';
  await inTime(isOver, 'the message to be given up', async () => {
    others.push((await fixture.send('1', `+1555123${1_000 + others.length}`)).id);
  });
  // Some of its tries were trials of the account.
  expect((await fixture.outcomes(id)).length).toBeLessThanOrEqual(8);
  expect((await find(id))?.error).toMatchObject({ code: 'settings', providerCode: '131005' });
  for (const other of others) await inTime(async () => (await find(other))?.status === 'sent', 'others to be sent');
});

test('those of an account that is broken wait, however often they were tried and the account was stored', async () => {
  let isBroken = true;
  await start(() => isBroken);
  const { id } = await fixture.send('1', '+15551230001');
  const answers = async () => (await fixture.outcomes(id)).filter((outcome) => outcome !== null);
  const tried = (times: number) => inTime(async () => (await answers()).length >= times, `${times} tries`);
  await tried(6);
  await fixture.account('1');
  await tried(8);
  expect(await find(id)).toMatchObject({ status: 'queued' });
  // What the contact writes meanwhile is no answer to it.
  const showedNothing = async () => !(await attempts.mayHaveArrived(fixture.ledger.reader, id));
  await inTime(showedNothing, 'no try to be under way');
  isBroken = false;
  await inTime(async () => (await find(id))?.status === 'sent', 'the message to be sent');
});
