/** An account that the provider asked to wait: no longer than an hour, for everybody to see, and not when its owner stores it again. */
import type { Account } from '../../../contract/api.ts';
import { closeApps, HOUR, MINUTE, sandboxSettings } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { SCENES, type Scene } from './taken-scenes.ts';

/** What stands in Retry-After, and how long that may hold anything up. */
const WAITS = [
  ['an instant in seconds', '1767268800', HOUR],
  ['an instant in milliseconds', '1767268800000', HOUR],
  ['a day', '86400', HOUR],
  ['a date that is far off', 'Fri, 31 Dec 2099 23:59:59 GMT', HOUR],
  ['nothing that could be waited for', '-1', MINUTE],
  ['no sense', 'later', MINUTE],
] as const;

const answered = (wait: string, status: number, body: object | string = '') =>
  ({ kind: 'answer_other', answer: { status, body, headers: { 'retry-after': wait } } }) as const;

const account = async ({ app }: Scene) =>
  ((await app.call('GET', '/v1/accounts')).body as { data: Account[] }).data[0] as Account;

async function passes({ app }: Scene, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += MINUTE) {
    app.advance(MINUTE);
    await app.idle();
  }
}

/** Every header on one channel, one on each of the others. */
export const CASES = Object.keys(SCENES).flatMap((channel) =>
  (channel === 'whatsapp' ? WAITS : WAITS.slice(0, 1)).map(
    (wait) => [channel as keyof typeof SCENES, ...wait] as const,
  ),
);

export function throttledSuite(cases = CASES): void {
  afterEach(closeApps);

  test.each(cases)('%s, told to wait by %s, waits an hour at most', async (channel, _what, wait, longestMs) => {
    const scene = await SCENES[channel]();
    const { app } = scene;
    // A failure that says when, and one that asks for less.
    scene.faults.next(answered(wait, 503));
    await app.reaches(await scene.sent('first'), 'uncertain');
    const id = await scene.sent('second');
    await app.idle();
    if (longestMs === HOUR) {
      const { throttled } = await account(scene);
      expect(Date.parse(throttled?.until ?? '') - Date.parse(throttled?.since ?? '')).toBeLessThanOrEqual(1.25 * HOUR);
      expect(throttled?.reason).toMatch(/HTTP status 503/);
      expect((await app.call('GET', '/metrics')).text).toContain(`parley_accounts_throttled{channel="${channel}"} 1`);
      expect((await app.message(id)).status).toBe('queued');
    }
    await passes(scene, 1.25 * longestMs + MINUTE);
    await app.reaches(id, 'sent');
    expect((await account(scene)).throttled).toBeUndefined();
  });

  test('stored again, it goes on at once, whatever each message was told', async () => {
    const scene = await SCENES.whatsapp();
    const { app } = scene;
    const refusal = { error: { message: 'Slowly', code: 130429 } };
    scene.faults.next(answered('1767268800', 429, refusal));
    const first = await scene.sent('first');
    await eventually(async () => (await account(scene)).throttled, 'the account to be throttled');
    const second = await scene.sent('second');
    await app.idle();
    await app.stop();
    await app.start();
    await app.idle();
    for (const id of [first, second]) expect((await app.message(id)).status).toBe('queued');
    const { externalId } = await account(scene);
    const settings = sandboxSettings(app.sandbox);
    await app.call('PUT', `/v1/accounts/whatsapp/${externalId}`, { settings });
    for (const id of [first, second]) await app.reaches(id, 'sent');
    expect((await account(scene)).throttled).toBeUndefined();
  });
}
