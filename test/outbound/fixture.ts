/** Both pipelines over a real ledger and driver, with a channel that does as it is told. */
import type { SendAccepted, SendMessage } from '../../contract/api.ts';
import type { Capabilities, ConversationFacts } from '../../contract/channel.ts';
import type { ParleyEvent } from '../../contract/event.ts';
import { Accounts, type AccountSends } from '../../service/src/connectors/accounts.ts';
import type { LiveAccount } from '../../service/src/connectors/live.ts';
import { MaintenanceHandler } from '../../service/src/maintenance/maintenance.ts';
import { Eraser } from '../../service/src/maintenance/erase.ts';
import { allErasers } from '../../service/src/keeping.ts';
import type {
  Channel,
  ChannelEvent,
  CompletionPower,
  LookupPower,
  OutgoingMessage,
  SendReceipt,
} from '../../service/src/channels/channel.ts';
import type { ConnectorIo } from '../../service/src/connectors/connector.ts';
import { findChannel } from '../../service/src/channels/registry.ts';
import { Directory } from '../../service/src/features/contacts/directory.ts';
import type { WatchedClock } from '../../service/src/core/watched-clock.ts';
import { makeIds } from '../../service/src/core/ids.ts';
import { Publisher } from '../../service/src/events/publish.ts';
import { Subscriptions } from '../../service/src/events/subscriptions.ts';
import { Applier } from '../../service/src/inbound/apply.ts';
import { CompleteHandler } from '../../service/src/inbound/complete.ts';
import { PendingFacts } from '../../service/src/inbound/pending.ts';
import { Admission } from '../../service/src/outbound/admit.ts';
import { buildOutbound, type Outbound } from '../../service/src/outbound/build.ts';
import { Expiry } from '../../service/src/outbound/expiry.ts';
import { Circuit } from '../../service/src/outbound/circuit.ts';
import { rateKeyOf } from '../../service/src/outbound/pace.ts';
import { Permissions } from '../../service/src/outbound/permission.ts';
import { ratesOf } from '../../service/src/outbound/rates.ts';
import type { FileRenewal } from '../../service/src/outbound/renewals.ts';
import { Statuses } from '../../service/src/outbound/outcome/statuses.ts';
import { Outcomes } from '../../service/src/outbound/outcome/outcomes.ts';
import { findEchoedMessage } from '../../service/src/outbound/echo-matcher.ts';
import { Watermarks } from '../../service/src/outbound/watermarks.ts';
import { EmbeddedDriver } from '../../service/src/outbox/embedded.driver.ts';
import { Outbox } from '../../service/src/outbox/outbox.ts';
import { parseEncryptionKeys, SecretBox } from '../../service/src/platform/secret-box.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import * as attempts from '../../service/src/store/attempt.store.ts';
import * as messages from '../../service/src/store/message.store.ts';
import { serviceClock } from '../support/service-clock.ts';
import { eventually } from '../support/eventually.ts';

export interface FixtureOptions {
  capabilities?: Partial<Capabilities> | ((facts: ConversationFacts) => Partial<Capabilities>);
  lookup?: LookupPower<unknown>['find'];
  complete?: CompletionPower<unknown>['complete'];
  /** How files are given anew that the provider lost. Default: there is none to give. */
  renew?: FileRenewal['renew'];
  /** Each account names people in its own way. */
  realms?: boolean;
  clock?: WatchedClock;
  unknownAfterMs?: number;
}

/** A call to the provider, by the account's external id. */
export interface ProviderCall {
  account: string;
  message: OutgoingMessage;
}

const sealer = new SecretBox(parseEncryptionKeys(Buffer.alloc(32, 7).toString('base64')));

export class OutboundFixture {
  readonly clock: WatchedClock;
  readonly ledger: Ledger;
  readonly driver: EmbeddedDriver;
  readonly calls: ProviderCall[] = [];
  readonly failures: unknown[] = [];
  /** What the provider does with each call; it takes all unless told otherwise. */
  answer: (call: ProviderCall) => SendReceipt | Promise<SendReceipt> = ({ message }) => ({
    providerMessageId: `provider ${message.id}`,
  });
  #real!: Accounts;
  #admission!: Admission;
  #outbound!: Outbound;
  #expiry!: Expiry;
  #applier!: Applier;
  subscriptions!: Subscriptions;
  eraser!: Eraser;
  directory!: Directory;
  #unwatch: () => void = () => undefined;
  readonly #options: FixtureOptions;
  #keys = 0;

  constructor(ledger: Ledger, options: FixtureOptions = {}) {
    this.ledger = ledger;
    this.#options = options;
    this.clock = options.clock ?? serviceClock(1_750_000_000_000);
    this.driver = new EmbeddedDriver(ledger, this.clock, (_job, error) => this.failures.push(error));
  }

  async start(): Promise<this> {
    const { ledger, clock, driver } = this;
    const ids = makeIds(clock);
    const outbox = new Outbox(clock, driver);
    const observer = {
      ...{ published: () => undefined, read: () => undefined },
      ...{ delivered: () => undefined, called: () => undefined },
    };
    const publisher = new Publisher({ outbox, ids, clock, observer });
    const outcomes = new Outcomes({ publisher, outbox, clock, unknownAfterMs: this.#options.unknownAfterMs });
    const rates = ratesOf(ledger, clock);
    const sending: AccountSends = {
      resumed: (tx, account, pausedAt) => outcomes.resumed(tx, account, pausedAt),
      freed: async (tx, account) => {
        await rates.open(tx, rateKeyOf(account));
        await outbox.hasten(tx, 'send', account.id);
      },
      wake: () => driver.notify('send', clock.now()),
    };
    this.#real = await Accounts.load({ ledger, sealer, clock, ids, outbox, sending });
    this.#unwatch = this.#real.watch((error) => this.failures.push(error));
    const accounts = this.#accounts();
    const log = { info: () => undefined, warn: () => undefined };
    const io = { clock, log } as unknown as ConnectorIo;
    const shared = { ledger, outbox, accounts, clock, ids, observer };
    const failures = { report: (error: unknown) => void this.failures.push(error) };
    const urls = { checkUrl: () => undefined };
    this.subscriptions = new Subscriptions({ ...shared, sealer, urls, log: { info: () => undefined } });
    this.eraser = new Eraser(shared);
    this.eraser.register(allErasers(ledger, []));
    this.directory = new Directory(shared);
    const circuit = new Circuit({ ...shared, outcomes });
    const statuses = new Statuses({ ...shared, outcomes, circuit });
    const watermarks = new Watermarks({ ...shared, outcomes });
    const pending = new PendingFacts({ ...shared, sealer });
    this.#applier = new Applier({
      ...shared,
      sealer,
      pending,
      publisher,
      outbound: statuses,
      watermarks,
      echoes: { find: findEchoedMessage },
    });
    const provisioning = {
      webhookUrl: ({ id }: { id: string }) => `https://parley.example.com/webhooks/${id}`,
    };
    const permissions = new Permissions(clock);
    const renewals = { renew: this.#options.renew ?? (async () => undefined) };
    const given = {
      outcomes,
      circuit,
      statuses,
      rates,
      permissions,
      renewals,
      io,
      random: () => 0.5,
      provisioning,
      failures,
    };
    this.#outbound = buildOutbound({ ...shared, ...given });
    this.#expiry = new Expiry({ ...shared, ...given });
    this.#admission = new Admission({ ...shared, publisher, subscriptions: this.subscriptions, permissions, urls });
    const maintenance = new MaintenanceHandler({ ...shared, tasks: [watermarks, this.eraser], load: { accepted: 0 } });
    const completer = new CompleteHandler({ ...shared, applier: this.#applier, pending, io, random: () => 0.5 });
    const handlers = [...this.#outbound.handlers, completer, maintenance];
    // Nobody hands events over here: what is promised stays promised.
    outbox.register([...handlers, { kind: 'deliver' }]);
    driver.start(handlers);
    this.#outbound.start();
    return this;
  }

  async stop(): Promise<void> {
    this.#unwatch();
    await Promise.all([this.#outbound.stop(), this.driver.stop()]);
  }

  async account(externalId: string): Promise<void> {
    const settings = { accessToken: 'token', phoneNumberId: externalId };
    await this.#real.put('whatsapp', externalId, { settings });
  }

  async removed(externalId: string): Promise<void> {
    const { id } = await this.#real.required({ channel: 'whatsapp', externalId });
    await this.#real.remove(id);
  }

  send(externalId: string, to: string, more: Partial<SendMessage> = {}): Promise<SendAccepted> {
    const account = { channel: 'whatsapp', externalId };
    const content = { type: 'text' as const, text: 'hello' };
    return this.#admission.admit({ account, to, content, ...more }, `key ${++this.#keys}`);
  }

  /** A webhook of the account told these facts. */
  async told(externalId: string, ...facts: ChannelEvent[]): Promise<void> {
    const account = await this.#accounts().required({ channel: 'whatsapp', externalId });
    await this.ledger.write(async (tx) => {
      for (const fact of facts) await this.#applier.apply(tx, account, fact, this.clock.now());
    });
  }

  /** What was published, in order. */
  async events(): Promise<ParleyEvent[]> {
    const rows = await this.ledger.reader.selectFrom('events').select('payload').orderBy('seq').execute();
    return rows.map(({ payload }) => JSON.parse(payload) as ParleyEvent);
  }

  advance(byMs: number): void {
    (this.clock as ReturnType<typeof serviceClock>).advance(byMs);
    this.driver.wake();
  }

  /** Puts the clock forward or back, although no time passes. */
  jump(byMs: number): void {
    (this.clock as ReturnType<typeof serviceClock>).jump(byMs);
    this.driver.wake();
  }

  /** Resolves when what is too late by now is ended. */
  endsLate(): Promise<void> {
    return this.#expiry.look();
  }

  async outcomes(id: string): Promise<(string | null)[]> {
    return (await attempts.ofMessage(this.ledger.reader, id)).map(({ outcome }) => outcome);
  }

  /** The provider was called so often. */
  called(times: number): Promise<unknown> {
    return eventually(() => this.calls.length >= times, `${times} calls`);
  }

  reaches(id: string, status: string): Promise<unknown> {
    const arrived = async () => (await messages.find(this.ledger.reader, id))?.status === status;
    return eventually(arrived, `message ${id} to be ${status}`);
  }

  /** The accounts as they are, on the channel that does as it is told. */
  #accounts(): Accounts {
    const real = this.#real;
    const find = (id: string) => this.#onFake(real.find(id));
    const accounts = {
      find,
      list: () => real.list().map((account) => this.#onFake(account)),
      known: async (id: string) => find(id),
      refreshed: async () => {
        await real.refreshed();
        return accounts;
      },
      required: async (ref: { channel: string; externalId: string }) => this.#onFake(await real.required(ref)),
      noted: real.noted.bind(real),
    };
    return accounts as unknown as Accounts;
  }

  #onFake<A extends LiveAccount | undefined>(account: A): A {
    if (account === undefined) return account;
    const { capabilities, lookup, complete, realms = false } = this.#options;
    const { window: _, throughput: __, ...free } = findChannel('whatsapp').capabilities({});
    const channel: Channel = {
      ...findChannel('whatsapp'),
      capabilities: (_settings, facts = {}) => ({
        ...free,
        ...(typeof capabilities === 'function' ? capabilities(facts) : capabilities),
      }),
      realm: () => (realms ? account.externalId : ''),
      ...(lookup && { lookup: { find: lookup } }),
      ...(complete && { completion: { complete } }),
      send: async (message) => {
        const call = { account: account.externalId, message };
        this.calls.push(call);
        return this.answer(call);
      },
    };
    return { ...account, channel };
  }
}
