/** Sends whose outcome is not known: repeated, looked up, or waited for, as the provider allows. */
import { SendError } from '../../service/src/core/errors.ts';
import { LedgerUnavailable } from '../../service/src/store/unavailable.ts';
import * as messages from '../../service/src/store/message.store.ts';
import type { FoundMessage, SoughtMessage } from '../../service/src/channels/channel.ts';
import { eventually } from '../support/eventually.ts';
import { tempLedgers } from '../support/temp-ledger.ts';
import { OutboundFixture, type FixtureOptions } from './fixture.ts';

const open = tempLedgers();
const fixtures: OutboundFixture[] = [];
const TO = '+15550001111';
const MINUTE = 60_000;

async function start(options: FixtureOptions = {}): Promise<OutboundFixture> {
  const fixture = await new OutboundFixture(await open(), options).start();
  fixtures.push(fixture);
  await fixture.account('1');
  return fixture;
}

afterEach(async () => {
  for (const fixture of fixtures.splice(0)) await fixture.stop();
});

const lost = () => {
  throw new SendError('uncertain', 'No answer came');
};

test('where the provider drops repeats, it is simply sent again', async () => {
  const fixture = await start({ capabilities: { idempotentSends: true } });
  const take = fixture.answer;
  fixture.answer = lost;
  const { id } = await fixture.send('1', TO);
  await eventually(async () => (await fixture.outcomes(id))[0], 'the first try');
  fixture.answer = take;
  await eventually(async () => {
    fixture.advance(1_000);
    return (await fixture.outcomes(id))[1] === 'accepted';
  }, 'the repeat');
  await fixture.reaches(id, 'sent');
});

describe('where the provider can be asked', () => {
  const answers: (FoundMessage | 'absent' | undefined | Error)[] = [];
  const sought: SoughtMessage[] = [];
  beforeEach(() => {
    answers.length = 0;
    sought.length = 0;
  });
  const lookup: NonNullable<FixtureOptions['lookup']> = async (message) => {
    sought.push(message);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };

  async function uncertain(more: FixtureOptions = {}) {
    const fixture = await start({ lookup, ...more });
    const take = fixture.answer;
    fixture.answer = lost;
    const { id } = await fixture.send('1', TO);
    await fixture.reaches(id, 'uncertain');
    fixture.answer = take;
    return { fixture, id };
  }

  /** Lets time pass in small steps, so that each question is asked when it is due. */
  async function pass(fixture: OutboundFixture, ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1_000) {
      fixture.advance(1_000);
      await eventually(() => fixture.driver.running('settle') === 0, 'the question');
      await fixture.ledger.write(async () => undefined);
      await eventually(() => fixture.driver.running('settle') === 0, 'the answer');
    }
  }

  test.each(['sent', 'delivered', 'read'] as const)('and has it (%s), it is settled', async (status) => {
    answers.push(undefined, { receipt: { providerMessageId: 'provider 1' }, status });
    const { fixture, id } = await uncertain();
    await pass(fixture, 11_000);
    await fixture.reaches(id, status);
    expect(sought[0]).toMatchObject({ id, to: { kind: 'phone' }, attemptedAt: expect.any(Number) });
    expect(fixture.calls).toHaveLength(1);
  });

  test('and certainly does not have it, it is sent again', async () => {
    answers.push(new SendError('unreachable', 'Not now'), 'absent');
    const { fixture, id } = await uncertain();
    await pass(fixture, 11_000);
    await fixture.reaches(id, 'sent');
    expect(await fixture.outcomes(id)).toEqual(['uncertain', 'accepted']);
  });

  test('and does not have it when it was sent once more either, it fails', async () => {
    const fixture = await start({ lookup });
    fixture.answer = lost;
    const { id } = await fixture.send('1', TO);
    for (let round = 1; round <= 2; round++) {
      await eventually(async () => (await fixture.outcomes(id)).length === round, `try ${round}`);
      await fixture.reaches(id, 'uncertain');
      answers.push('absent');
      fixture.advance(5_000);
    }
    await fixture.reaches(id, 'failed');
    expect(fixture.calls).toHaveLength(2);
    expect(await messages.find(fixture.ledger.reader, id)).toMatchObject({
      error: { message: expect.stringContaining('2 times') },
    });
  });

  test('and never can tell, it is asked less and less often and reported as unknown in the end', async () => {
    const { fixture, id } = await uncertain({ unknownAfterMs: 3 * MINUTE });
    await pass(fixture, 3 * MINUTE - 1_000);
    expect(sought).toHaveLength(6);
    await fixture.reaches(id, 'uncertain');
    fixture.advance(1_000);
    await fixture.reaches(id, 'unknown');
    expect(fixture.calls).toHaveLength(1);
  });
});

test('where nobody can be asked, it is unknown after the time that the configuration says', async () => {
  const fixture = await start({ unknownAfterMs: 10 * MINUTE });
  fixture.answer = lost;
  const { id } = await fixture.send('1', TO);
  await fixture.reaches(id, 'uncertain');
  fixture.advance(10 * MINUTE - 1);
  await fixture.ledger.write(async () => undefined);
  await fixture.reaches(id, 'uncertain');
  fixture.advance(1);
  await fixture.reaches(id, 'unknown');
});

test.each<[string, () => void, string]>([
  ['accepted', () => undefined, 'sent'],
  [
    'refused',
    () => {
      throw new SendError('rejected', 'No');
    },
    'failed',
  ],
])('an answer (%s) that comes while the database cannot be used is not forgotten', async (_name, act, status) => {
  const fixture = await start();
  const { ledger } = fixture;
  const write = ledger.write.bind(ledger);
  let refused = 0;
  const take = fixture.answer;
  fixture.answer = (call) => {
    ledger.write = async () => {
      refused += 1;
      throw new LedgerUnavailable(new Error('No room left'));
    };
    act();
    return take(call);
  };
  const { id } = await fixture.send('1', TO);
  await eventually(() => refused >= 3, 'a few tries in vain');
  ledger.write = write;
  await fixture.reaches(id, status);
  expect(fixture.calls).toHaveLength(1);
  expect(await fixture.outcomes(id)).toHaveLength(1);
});
