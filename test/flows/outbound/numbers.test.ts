/** Numbers without their country's code: nobody is written to whom nobody meant. */
import type { ConversationView, Page, Permission } from '../../../contract/api.ts';
import { ACCOUNT, ANA, closeApps, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { says, written } from '../../support/meta-messages.ts';
import { closeTwilioApps, startTwilioApp } from '../channels/twilio-fixture.ts';

afterEach(closeTwilioApps);
afterEach(closeApps);

/** Of people in Egypt and Brazil, who are in nobody's list; in the US each is somebody else. */
const EGYPT = '2025551234';
const BRAZIL = '555-000-1111';

async function appWith(defaultCountry?: string): Promise<App> {
  const app = await startApp();
  await inCountry(app, defaultCountry);
  return app;
}

async function inCountry(app: App, defaultCountry?: string): Promise<void> {
  const settings = sandboxSettings(app.sandbox, defaultCountry === undefined ? {} : { defaultCountry });
  const { status } = await app.call('PUT', `/v1/accounts/whatsapp/${ACCOUNT.externalId}`, { settings });
  expect(status).toBe(200);
}

const ask = (app: App, to: string) =>
  app.call('GET', `/v1/permission?${new URLSearchParams({ ...ACCOUNT, to, kind: 'text' })}`);
const hold = (app: App, to: unknown) => app.send('hi', { to: to as string, ifSessionClosed: 'hold' });
const addressees = async (app: App) => {
  const { data } = (await app.call('GET', '/v1/conversations')).body as Page<ConversationView>;
  return data.flatMap(({ contact }) => contact.identities.map(({ address }) => address));
};

describe('without a default country', () => {
  test.each<[string, unknown]>([
    ['a number of the US, which is one of Egypt', EGYPT],
    ['a number of the US, which is one of Brazil', BRAZIL],
    ['a number of Germany', '0171 1234567'],
    ['digits with the country code', '15550001111'],
    ['a number that n8n took for one', 2025551234],
    ['digits of another script', '٢٠٢٥٥٥١٢٣٤'],
    ['a space that does not break', '202\u00a0555\u00a01234'],
  ])('%s is refused, and says how to write it', async (_name, to) => {
    const app = await startApp();
    const mend = {
      code: 'invalid_recipient',
      detail: expect.stringMatching(/\+15550001111.*default country/) as string,
    };
    expect(await hold(app, to)).toMatchObject({ status: 400, body: mend });
    expect(await ask(app, String(to))).toMatchObject({ status: 400, body: mend });
    expect(await addressees(app)).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['digits as a trigger tells them', ANA],
    ['digits as a number', Number(ANA)],
    ['digits with spaces', '1 555 000 1111'],
  ])('who is known is written to by %s', async (_name, to) => {
    const app = await startApp();
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
    expect((await ask(app, String(to))).body as Permission).toMatchObject({ allowed: true });
    expect(await hold(app, to)).toMatchObject({ status: 202 });
    await app.idle();
    expect(written(app)).toEqual([{ to: ANA, text: 'hi' }]);
  });

  test('who is known to another account only is not', async () => {
    const app = await startApp();
    await says(app, { from: ANA }, 'hi');
    const settings = sandboxSettings(app.sandbox, { phoneNumberId: '222' });
    await app.call('PUT', '/v1/accounts/whatsapp/222', { settings });
    const account = { channel: 'whatsapp', externalId: '222' };
    expect(await app.send('hi', { account, to: ANA })).toMatchObject({ body: { code: 'invalid_recipient' } });
    expect(await app.send('hi', { account, to: `+${ANA}`, ifSessionClosed: 'hold' })).toMatchObject({ status: 202 });
    expect(await app.send('hi', { account, to: ANA, ifSessionClosed: 'hold' })).toMatchObject({ status: 202 });
  });

  test.each<[string, unknown, string]>([
    [
      'of which JSON lost the last digits',
      12345678901234567890,
      'Must be text: as a number it is not exact, or no whole number',
    ],
    ['with a fraction', 1555.5, 'Must be text: as a number it is not exact, or no whole number'],
    ['below nothing', -15550001111, 'Must be text: as a number it is not exact, or no whole number'],
  ])('a number %s is refused by its field', async (_name, to, message) => {
    const app = await startApp();
    expect(await hold(app, to)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ field: 'to', message }] },
    });
  });
});

describe('with a default country', () => {
  test.each<[string, unknown, string]>([
    ['US', EGYPT, '12025551234'],
    ['us', BRAZIL, '15550001111'],
    ['US', 2025551234, '12025551234'],
    ['BR', '11 98765-4321', '5511987654321'],
    ['DE', '0171 1234567', '491711234567'],
    ['DE', `+${ANA}`, ANA],
    ['EG', '010 1234 5678', '201012345678'],
  ])('of %s, %j is %s', async (country, to, address) => {
    const app = await appWith(country);
    expect(await hold(app, to)).toMatchObject({ status: 202 });
    expect(await addressees(app)).toEqual([address]);
  });

  test('digits that are a contact, and somebody else at home, are neither', async () => {
    const app = await appWith();
    expect(await hold(app, `+${EGYPT}`)).toMatchObject({ status: 202 });
    expect(await hold(app, EGYPT)).toMatchObject({ status: 202 });
    await inCountry(app, 'US');
    expect(await hold(app, EGYPT)).toMatchObject({ status: 400, body: { code: 'invalid_recipient' } });
    expect(await hold(app, `+1${EGYPT}`)).toMatchObject({ status: 202 });
    expect(await addressees(app)).toHaveLength(2);
  });

  test('a country that there is not is refused by its field', async () => {
    const app = await startApp();
    const settings = sandboxSettings(app.sandbox, { defaultCountry: 'Germany' });
    const answer = await app.call('PUT', `/v1/accounts/whatsapp/${ACCOUNT.externalId}`, { settings });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_settings',
        errors: [{ field: 'defaultCountry', message: expect.stringMatching(/two letters/) as string }],
      },
    });
  });
});

describe('erasure by such a number', () => {
  const erase = (app: App, address: string) =>
    app.call('DELETE', `/v1/contacts?${new URLSearchParams({ channel: 'whatsapp', address })}`);

  test('takes who is known by it, in either reading, and nobody when there are two', async () => {
    const app = await appWith('US');
    await hold(app, `+1${EGYPT}`);
    expect(await erase(app, EGYPT)).toMatchObject({ status: 202 });
    await app.idle();
    await hold(app, `+${EGYPT}`);
    expect(await erase(app, EGYPT)).toMatchObject({ status: 202 });
    await app.idle();
    for (const to of [`+${EGYPT}`, `+1${EGYPT}`]) await hold(app, to);
    expect(await erase(app, EGYPT)).toMatchObject({ status: 400, body: { code: 'invalid_recipient' } });
    expect(await addressees(app)).toHaveLength(2);
    expect(await erase(app, '99999999')).toMatchObject({ status: 404 });
  });
});

describe.each(['sms', 'whatsapp'] as const)('through Twilio, %s', (line) => {
  test('national numbers are nobody, unless the account says of which country they are', async () => {
    const twilio = await startTwilioApp(line);
    for (const to of [EGYPT, BRAZIL]) {
      expect(await twilio.send('hi', { to })).toMatchObject({ status: 400, body: { code: 'invalid_recipient' } });
    }
    const here = await startTwilioApp(line, { account: { defaultCountry: 'US' } });
    expect(await here.send('hi', { to: EGYPT, ifSessionClosed: 'hold' })).toMatchObject({ status: 202 });
    const [address] = await addressees(here.app);
    expect(address?.replace('+', '')).toBe(`1${EGYPT}`);
  });

  test('who wrote is answered by what the trigger told', async () => {
    const { app, sandbox, send } = await startTwilioApp(line);
    await sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
    const [address = ''] = await addressees(app);
    for (const to of [address, address.replace('+', '')])
      expect(await send('hi', { to })).toMatchObject({ status: 202 });
  });
});
