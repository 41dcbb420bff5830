/** What is said to stay at 360dialog when a number is deleted. */
import type { HttpResponse } from '../../../service/src/core/http.ts';
import { dialog360 } from '../../../service/src/channels/dialog360/index.ts';
import { SendError } from '../../../service/src/core/errors.ts';
import { alwaysAnswering, answering, json } from '../../conformance/fake-io.ts';
import { revealed } from '../../conformance/probes.ts';
import { API, CREDENTIAL, HEADER_VALUE, PLATFORM_SECRET, proxyError, SETTINGS } from './support.ts';

const OURS = 'https://parley.example.com/webhooks/dialog360/e1';
const FORMER = 'https://parley.example.com/webhooks/dialog360/e0';

async function removed(answer: HttpResponse) {
  const fake = alwaysAnswering(answer);
  const removal = { webhookUrls: [OURS, FORMER], others: [SETTINGS] };
  const steps = (await dialog360.provisioning?.remove?.(removal, SETTINGS, fake.io)) ?? [];
  expect(fake.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([`GET ${API}/v1/configs/webhook`]);
  return steps;
}

test.each([OURS, FORMER])('the webhook %s stays, and where to change it is said', async (url) => {
  const [step] = await removed(json(200, { url, headers: { authorization: HEADER_VALUE } }));
  expect(step).toMatchObject({ step: 'webhook', ok: false });
  expect(step?.detail).toContain(url);
  expect(step?.detail).toContain('360dialog Hub');
  expect(step?.detail).not.toContain(HEADER_VALUE);
});

test.each([
  ['somebody else is called', json(200, { url: 'https://other.example.com', headers: {} })],
  ['no webhook is set', proxyError(404, 'No webhook is configured')],
])('%s: nothing stays', async (_name, answer) => {
  expect(await removed(answer)).toEqual([{ step: 'webhook', ok: true }]);
});

test('a key that was revoked leaves open what stays, and it is said', async () => {
  const [step] = await removed(proxyError(401, 'Invalid api_key'));
  expect(step).toMatchObject({ ok: false, detail: expect.stringMatching(/Invalid api_key.*may go on calling.*Hub/) });
  expect(step?.detail).toContain(OURS);
});

test('an unreachable 360dialog throws nothing and shows no secret', async () => {
  const secrets = [CREDENTIAL.apiKey, HEADER_VALUE, PLATFORM_SECRET];
  const { io } = answering(() => new SendError('unreachable', secrets.join(' ')));
  const steps = await dialog360.provisioning?.remove?.({ webhookUrls: [OURS], others: [] }, SETTINGS, io);
  expect(steps).toMatchObject([{ step: 'webhook', ok: false }]);
  expect(revealed(steps, secrets)).toEqual([]);
});
