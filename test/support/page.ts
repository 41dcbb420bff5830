/** A Page on Messenger beside the app's own account: what its contacts write comes in, what goes out is answered by a stand-in. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeAsMeta, signatureOf } from '../sandbox/kit/meta/hub-webhooks.ts';
import type { Account } from '../../contract/api.ts';
import type { App } from './app.ts';

export const PAGE = { channel: 'messenger', externalId: '1001' };
export const PSID = '2002';
const APP_SECRET = '0123456789abcdef0123456789abcdef';

/** What the stand-in was asked. */
export interface PageCall {
  method: string;
  path: string;
  body: unknown;
}

export interface Page {
  account: Account;
  calls: PageCall[];
  /** What the next calls are answered; a message is taken unless told otherwise. */
  answer: (call: PageCall) => { status: number; body: unknown };
  /** The person writes; resolves when everything due is done. */
  says(text: string): Promise<void>;
  close(): Promise<void>;
}

let made = 0;

export async function startPage(app: App): Promise<Page> {
  const page = { calls: [] as PageCall[] } as Page;
  page.answer = () => ({ status: 200, body: { recipient_id: PSID, message_id: `m_${++made}`, success: true } });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const isJson = request.headers['content-type']?.includes('json') ?? false;
      const path = new URL(request.url ?? '', 'http://stand.in').pathname;
      const call = { method: request.method ?? '', path, body: isJson ? (JSON.parse(text) as unknown) : text };
      page.calls.push(call);
      const { status, body } = page.answer(call);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  page.close = () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve())));
  const settings = { pageId: PAGE.externalId, pageAccessToken: 'token', appSecret: APP_SECRET, baseUrl };
  const registered = await app.call('PUT', `/v1/accounts/${PAGE.channel}/${PAGE.externalId}`, { settings });
  page.account = registered.body as Account;
  page.says = (text) => says(app, page.account, text);
  return page;
}

async function says(app: App, account: Account, text: string): Promise<void> {
  const at = app.clock.now();
  const message = { mid: `m_in_${++made}`, text };
  const messaging = [{ sender: { id: PSID }, recipient: { id: PAGE.externalId }, timestamp: at, message }];
  const body = encodeAsMeta({ object: 'page', entry: [{ id: PAGE.externalId, time: at, messaging }] });
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(APP_SECRET, body) };
  const answer = await app.call('POST', new URL(account.webhookUrl).pathname, body, headers);
  if (answer.status !== 200) throw new Error(`The webhook was refused: ${answer.text}`);
  await app.idle();
}
