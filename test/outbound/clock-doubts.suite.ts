/** A clock that jumps ahead and comes back has ended nothing; one that stays, and a service that was away, end what is over. */
import type { SendMessage } from '../../contract/api.ts';
import { SendError } from '../../service/src/core/errors.ts';
import { QUIET_MS } from '../../service/src/core/watched-clock.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import * as messages from '../../service/src/store/message.store.ts';
import { eventually } from '../support/eventually.ts';
import { OutboundFixture, type FixtureOptions } from './fixture.ts';

const TO = '+15550001111';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Beyond every time that a message may wait. */
const JUMP = 40 * DAY;

const throttled = () => {
  throw new SendError('throttled', 'Slowly', { retryAfterMs: 10 * MINUTE });
};
const lost = () => {
  throw new SendError('uncertain', 'No answer came');
};
const closed = { window: { lengthMs: DAY, outside: ['template' as const] } };

/** A message that waits, and what is to become of it when its time is over. */
interface Waiting {
  answer?: OutboundFixture['answer'];
  options?: FixtureOptions;
  more?: Partial<SendMessage>;
  status: 'queued' | 'held' | 'uncertain';
  end: 'failed' | 'unknown';
  /** When it is over. */
  lastsMs: number;
}

const WAITING: Record<string, Waiting> = {
  'a message that nobody says the end of': { answer: throttled, status: 'queued', end: 'failed', lastsMs: DAY },
  'a held message': {
    options: { capabilities: closed },
    more: { ifSessionClosed: 'hold' },
    ...{ status: 'held', end: 'failed', lastsMs: 7 * DAY },
  },
  'an uncertain message': {
    answer: lost,
    options: { unknownAfterMs: DAY },
    ...{ status: 'uncertain', end: 'unknown', lastsMs: DAY },
  },
  'an uncertain message that is looked up': {
    answer: lost,
    options: { lookup: async () => undefined, unknownAfterMs: DAY },
    ...{ status: 'uncertain', end: 'unknown', lastsMs: DAY },
  },
};

export function describeClockDoubts(name: string, open: () => Promise<Ledger>): void {
  const fixtures: OutboundFixture[] = [];
  afterEach(async () => {
    for (const fixture of fixtures.splice(0)) await fixture.stop();
  });

  async function start(ledger: Ledger, options: FixtureOptions = {}): Promise<OutboundFixture> {
    const fixture = await new OutboundFixture(ledger, options).start();
    fixtures.push(fixture);
    return fixture;
  }

  async function waiting({ answer, options, more, status }: Waiting) {
    const ledger = await open();
    const fixture = await start(ledger, options);
    await fixture.account('1');
    const takes = fixture.answer;
    fixture.answer = answer ?? takes;
    const { id } = await fixture.send('1', TO, more);
    if (answer) await fixture.called(1);
    await fixture.reaches(id, status);
    if (answer) await eventually(async () => (await fixture.outcomes(id))[0] !== null, 'the answer');
    fixture.answer = takes;
    return { ledger, fixture, id };
  }

  /** Resolves when every job that is due has had its turn. */
  async function turns(fixture: OutboundFixture): Promise<void> {
    fixture.driver.wake();
    await eventually(async () => {
      const due = fixture.ledger.reader.selectFrom('jobs').select('seq').where('kind', 'in', ['send', 'settle']);
      const isDone = (await due.where('dueAt', '<=', fixture.clock.now()).execute()).length === 0;
      return isDone && fixture.driver.running('send') + fixture.driver.running('settle') === 0;
    }, 'the jobs that are due');
    await fixture.endsLate();
  }

  const statusOf = async ({ ledger }: OutboundFixture, id: string) => (await messages.find(ledger.reader, id))?.status;

  describe.each(Object.entries(WAITING))(`%s (${name})`, (_what, one) => {
    test('is not ended by a clock that jumps ahead and comes back', async () => {
      const { fixture, id } = await waiting(one);
      fixture.jump(JUMP);
      await turns(fixture);
      expect(await statusOf(fixture, id)).toBe(one.status);
      fixture.advance(QUIET_MS - 1);
      await turns(fixture);
      expect(await statusOf(fixture, id)).toBe(one.status);
      expect(fixture.calls).toHaveLength(one.answer ? 1 : 0);
      fixture.jump(-JUMP);
      await turns(fixture);
      if (one.status === 'queued') await fixture.reaches(id, 'sent');
      else expect(await statusOf(fixture, id)).toBe(one.status);
      expect(fixture.failures).toEqual([]);
    });

    test('is over when the clock stays there', async () => {
      const { fixture, id } = await waiting(one);
      fixture.jump(JUMP);
      await turns(fixture);
      fixture.advance(QUIET_MS + MINUTE);
      await turns(fixture);
      await fixture.reaches(id, one.end);
    });

    test('is over when the service was away for that long', async () => {
      const { fixture, ledger, id } = await waiting(one);
      const { clock } = fixture;
      await fixture.stop();
      fixtures.length = 0;
      (clock as unknown as { advance(byMs: number): void }).advance(JUMP);
      const next = await start(ledger, { ...one.options, clock });
      await turns(next);
      await next.reaches(id, one.end);
      expect(next.calls).toEqual([]);
    });
  });

  test(`what is uncertain while the clock is ahead has its time, and no more, when it is put back (${name})`, async () => {
    const ledger = await open();
    const fixture = await start(ledger, { unknownAfterMs: DAY });
    await fixture.account('1');
    fixture.jump(JUMP);
    fixture.answer = lost;
    const { id } = await fixture.send('1', TO);
    await fixture.reaches(id, 'uncertain');
    fixture.jump(-JUMP);
    const begun = async () => ((await messages.find(ledger.reader, id))?.statusAt ?? Infinity) <= fixture.clock.now();
    await eventually(begun, 'its time to begin anew');
    for (const part of [0.5, 0.49]) {
      fixture.advance(part * DAY);
      await turns(fixture);
      expect(await statusOf(fixture, id)).toBe('uncertain');
    }
    fixture.advance(0.02 * DAY);
    await turns(fixture);
    await fixture.reaches(id, 'unknown');
  });

  test(`an end that a caller names is taken while the clock is doubted, and kept (${name})`, async () => {
    const fixture = await start(await open());
    await fixture.account('1');
    const expiresAt = new Date(fixture.clock.now() + 60 * MINUTE).toISOString();
    fixture.jump(DAY);
    const { id } = await fixture.send('1', TO, { expiresAt });
    await turns(fixture);
    expect([await statusOf(fixture, id), fixture.calls]).toEqual(['queued', []]);
    fixture.jump(-DAY);
    await fixture.reaches(id, 'sent');
  });

  test(`a session is not over because the clock jumps ahead (${name})`, async () => {
    const fixture = await start(await open(), { capabilities: closed });
    await fixture.account('1');
    const said = { type: 'message.received' as const, providerMessageId: 'in', raw: {}, dedupeKey: 'message:in' };
    const contact = { identities: [{ kind: 'phone', address: '15550001111' }] };
    const content = { type: 'text' as const, text: 'hi' };
    await fixture.told('1', { ...said, contact, content, opensWindow: 'message' });
    fixture.jump(2 * DAY);
    const { id } = await fixture.send('1', TO);
    await fixture.reaches(id, 'sent');
    fixture.advance(QUIET_MS);
    await expect(fixture.send('1', TO)).rejects.toMatchObject({ code: 'session_closed' });
  });
}
