/**
 * A stand-in for the Parley service on 127.0.0.1, for tests of the trigger nodes: it answers the few calls of a trigger's life,
 * strictly (key, account before subscription), notes them, and delivers signed events, or wrongly signed ones when told to.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CreateSubscription, ProvisioningStep, PutAccount } from '../../contract/api.ts';
import type { AccountRef } from '../../contract/channel.ts';
import type { ParleyEvent } from '../../contract/event.ts';
import { encodeSecret, settingsDigest, signDelivery } from '../../contract/signature.ts';

export interface StubSubscription extends CreateSubscription {
  id: string;
  secret: string;
}

export interface StubFile {
  bytes: Buffer;
  mimeType: string;
  filename: string;
}

/** How a delivery departs from a right one. */
export interface Forgery {
  secret?: string;
  /** Milliseconds since the epoch that the signature claims. */
  at?: number;
  headers?: (headers: Record<string, string>) => Record<string, string>;
  body?: (body: string) => string;
}

type Reply = { status: number; body: unknown };

function problem(status: number, code: string, detail: string): Reply {
  return { status, body: { type: 'about:blank', title: code, status, code, detail } };
}

export class StubService {
  readonly key = 'stub-key';
  url = '';
  /** `METHOD path` of every call with a right key. */
  readonly calls: string[] = [];
  readonly accounts = new Map<string, PutAccount>();
  readonly subscriptions = new Map<string, StubSubscription>();
  readonly files = new Map<string, StubFile>();
  /** What the next registration reports. */
  provisioning: ProvisioningStep[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #called = new EventEmitter();
  #made = 0;

  async start(): Promise<this> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
    return this;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  /** The only subscription with this URL. */
  subscriptionAt(url: string): StubSubscription {
    const found = [...this.subscriptions.values()].filter((each) => each.url === url);
    if (found.length !== 1 || !found[0]) throw new Error(`${String(found.length)} subscriptions at ${url}`);
    return found[0];
  }

  /** Resolves when, after some call, the condition holds. */
  async until(condition: () => boolean, timeoutMs = 5_000): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (!condition()) await once(this.#called, 'call', { signal });
  }

  /** Posts events to a subscription, as the service does. */
  async deliver(to: StubSubscription, events: ParleyEvent[], forgery: Forgery = {}): Promise<Response> {
    const body = JSON.stringify({ events });
    const signed = signDelivery(forgery.secret ?? to.secret, 'dlv_1', forgery.at ?? Date.now(), body);
    const headers = { 'content-type': 'application/json', ...signed };
    return await fetch(to.url, {
      method: 'POST',
      headers: forgery.headers?.(headers) ?? headers,
      body: forgery.body?.(body) ?? body,
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname } = new URL(request.url ?? '/', this.url);
    const file = this.files.get(pathname.replace('/v1/media/', ''));
    const authorised = request.headers.authorization === `Bearer ${this.key}`;
    if (authorised) this.calls.push(`${request.method ?? ''} ${pathname}`);
    if (authorised && file) {
      const disposition = `attachment; filename="${file.filename}"`;
      response.writeHead(200, { 'content-type': file.mimeType, 'content-disposition': disposition }).end(file.bytes);
      return;
    }
    const body: unknown = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    const reply = authorised ? this.#answer(request.method ?? '', pathname, body) : problem(401, 'unauthorized', 'No');
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
    this.#called.emit('call');
  }

  #answer(method: string, path: string, body: unknown): Reply {
    const [, , noun, ...rest] = path.split('/');
    const id = rest.map(decodeURIComponent).join('/');
    if (noun === 'accounts' && method === 'GET') return this.#getAccounts(id);
    if (noun === 'accounts' && method === 'PUT') return this.#putAccount(id, body as PutAccount);
    if (noun === 'subscriptions' && method === 'POST') return this.#subscribe(body as CreateSubscription);
    if (noun === 'subscriptions' && id === '') {
      return { status: 200, body: { data: [...this.subscriptions.values()].map(withoutSecret) } };
    }
    const subscription = this.subscriptions.get(id);
    if (noun !== 'subscriptions' || !subscription) return problem(404, 'not_found', `No ${String(noun)} ${id}`);
    if (method === 'DELETE') this.subscriptions.delete(id);
    return { status: 200, body: method === 'DELETE' ? { deleted: true } : withoutSecret(subscription) };
  }

  /** All, or the one with this id. */
  #getAccounts(id: string): Reply {
    const all = [...this.accounts].map(([place, { name }]) => {
      const [channel = '', externalId] = place.split('/');
      return { id: `acc_${String(externalId)}`, channel, channelName: `The ${channel}`, externalId, name };
    });
    if (id === '') return { status: 200, body: { data: all } };
    const found = all.find((account) => account.id === id);
    return found ? { status: 200, body: found } : problem(404, 'not_found', `There is no account '${id}'`);
  }

  #putAccount(id: string, account: PutAccount): Reply {
    this.accounts.set(id, account);
    return { status: 200, body: { id, webhookUrl: `${this.url}/webhooks/${id}`, provisioning: this.provisioning } };
  }

  #subscribe(asked: CreateSubscription): Reply {
    if (asked.account && !this.#knows(asked.account)) return problem(409, 'account_required', 'Register the account');
    const made = { ...asked, id: `sub_${String(++this.#made)}`, secret: encodeSecret(randomBytes(32)) };
    this.subscriptions.set(made.id, made);
    return { status: 201, body: made };
  }

  /** Whoever has the account's settings says so; whoever has not may name it all the same. */
  #knows({ channel, externalId, settingsDigest: digest }: AccountRef): boolean {
    const account = this.accounts.get(`${channel}/${externalId}`);
    return account !== undefined && (digest === undefined || digest === settingsDigest(account.settings));
  }
}

function withoutSecret({ secret: _, ...subscription }: StubSubscription): object {
  return subscription;
}
