/** What ends sends that are too late, beside jobs of other kinds that are too late as well. */
import { SendError } from '../../service/src/core/errors.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import * as jobs from '../../service/src/store/job.store.ts';
import { eventually } from '../support/eventually.ts';
import { OutboundFixture } from './fixture.ts';

/** More than one look ends. */
const MANY = 501;
const MINUTE_MS = 60_000;

export function describeExpiry(name: string, open: () => Promise<Ledger>): void {
  test(`overdue jobs of another kind stay, and keep no send from its end (${name})`, async () => {
    const ledger = await open();
    const fixture = await new OutboundFixture(ledger).start();
    const { clock } = fixture;
    await ledger.write(async (tx) => {
      const job = { kind: 'reminder', payload: {}, dueAt: clock.now() + MINUTE_MS, expiresAt: clock.now() };
      for (let n = 0; n < MANY; n++) await jobs.enqueue(tx, job, clock.now());
    });
    await fixture.account('1');
    fixture.answer = () => {
      throw new SendError('throttled', 'Slowly', { retryAfterMs: 10 * MINUTE_MS });
    };
    const { id } = await fixture.send('1', '+15550001111', {
      expiresAt: new Date(clock.now() + MINUTE_MS).toISOString(),
    });
    await eventually(() => fixture.calls.length === 1, 'the first try');
    fixture.advance(MINUTE_MS);
    await fixture.reaches(id, 'failed');
    const left = await ledger.reader.selectFrom('jobs').select('kind').execute();
    expect(left).toHaveLength(MANY);
    expect(fixture.failures).toEqual([]);
    await fixture.stop();
  });
}
