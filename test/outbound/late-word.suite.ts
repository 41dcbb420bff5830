/** What the provider tells of a message counts more than what its answer said, whether it comes before the answer or long after. */
import type { ParsedStatus } from '../../service/src/channels/channel.ts';
import { SendError, type SendErrorKind } from '../../service/src/core/errors.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import * as messages from '../../service/src/store/message.store.ts';
import { deferred } from '../sandbox/kit/deferred.ts';
import { eventually } from '../support/eventually.ts';
import { OutboundFixture } from './fixture.ts';

const TO = '+15550001111';
const refusal = (kind: SendErrorKind, scope?: 'message') => new SendError(kind, 'no', scope && { scope });

function told(correlationId: string, status: ParsedStatus['status'], more: Partial<ParsedStatus> = {}): ParsedStatus {
  const key = { dedupeKey: `status:${correlationId}:${status}`, raw: {} };
  return { type: 'message.status', ...key, providerMessageId: 'provider 1', correlationId, status, ...more };
}

export function lateWordSuite(open: () => Promise<Ledger>): void {
  const fixtures: OutboundFixture[] = [];
  afterEach(async () => {
    for (const fixture of fixtures.splice(0)) await fixture.stop();
  });

  async function start(): Promise<OutboundFixture> {
    const fixture = await new OutboundFixture(await open()).start();
    fixtures.push(fixture);
    await fixture.account('1');
    return fixture;
  }

  const stored = async ({ ledger }: OutboundFixture, id: string) => messages.find(ledger.reader, id);
  const statuses = async (fixture: OutboundFixture) =>
    (await fixture.events()).flatMap(({ status }) => (status ? [status.status] : []));

  describe('a status that was faster than the answer', () => {
    test.each<[SendErrorKind, 'message' | undefined]>([
      ['rejected', undefined],
      ['invalid', undefined],
      ['session_closed', undefined],
      ['opted_out', undefined],
      ['settings', 'message'],
      ['settings', undefined],
      ['throttled', undefined],
      ['unreachable', undefined],
      ['unavailable', undefined],
      ['uncertain', undefined],
    ])('outweighs it (%s, scope %s): nothing is sent again, nothing fails', async (kind, scope) => {
      const fixture = await start();
      const answer = deferred<undefined>();
      fixture.answer = async () => {
        await answer.promise;
        throw refusal(kind, scope);
      };
      const { id } = await fixture.send('1', TO, {
        ifSessionClosed: { template: { type: 'template', name: 't', language: 'en' } },
      });
      await fixture.called(1);
      await fixture.told('1', told(id, 'sent'));
      answer.resolve(undefined);
      await eventually(async () => (await fixture.outcomes(id))[0], 'the answer');
      for (let step = 0; step < 10; step++) {
        fixture.advance(10 * 60_000);
        await eventually(() => fixture.driver.running('send') === 0, 'the repeat');
      }
      expect(await stored(fixture, id)).toMatchObject({ status: 'sent', error: null, deadAt: null, kind: 'text' });
      expect(fixture.calls).toHaveLength(1);
      expect(await statuses(fixture)).toEqual(['sent']);
      expect(
        await fixture.ledger.reader.selectFrom('jobs').select('kind').where('kind', 'in', ['send']).execute(),
      ).toEqual([]);
    });
  });

  describe('a status that comes after our own verdict', () => {
    test.each([['sent'], ['delivered'], ['read']] as const)(
      '%s mends the message and its dead letter',
      async (status) => {
        const fixture = await start();
        fixture.answer = () => {
          throw refusal('rejected');
        };
        const { id } = await fixture.send('1', TO);
        await fixture.reaches(id, 'failed');
        expect((await stored(fixture, id))?.deadAt).not.toBeNull();
        await fixture.told('1', told(id, status));
        expect(await stored(fixture, id)).toMatchObject({
          status,
          error: null,
          deadAt: null,
          providerId: 'provider 1',
        });
        expect(await statuses(fixture)).toEqual(['failed', status]);
      },
    );

    test('failed, it stays failed, by the provider’s word', async () => {
      const fixture = await start();
      fixture.answer = () => {
        throw refusal('rejected');
      };
      const { id } = await fixture.send('1', TO);
      await fixture.reaches(id, 'failed');
      const error = { kind: 'rejected' as const, code: 'rejected', message: 'Spam', providerCode: '7' };
      await fixture.told('1', told(id, 'failed', { error }), told(id, 'sent'));
      expect(await stored(fixture, id)).toMatchObject({ status: 'failed', error: { message: 'Spam' } });
      expect((await stored(fixture, id))?.deadAt).not.toBeNull();
      expect(await statuses(fixture)).toEqual(['failed']);
    });
  });

  test('what the provider itself called failed is not mended by an older word of it', async () => {
    const fixture = await start();
    const { id } = await fixture.send('1', TO);
    await fixture.reaches(id, 'sent');
    await fixture.told('1', told(id, 'failed', { providerMessageId: `provider ${id}` }));
    await fixture.told('1', told(id, 'sent', { providerMessageId: `provider ${id}` }));
    expect((await stored(fixture, id))?.status).toBe('failed');
  });
}
