/** The events pipeline over a real ledger, with a workflow's side that answers as told and jobs that run when asked. */
import { verifyDelivery } from '../../contract/signature.ts';
import type { CreatedSubscription, CreateSubscription } from '../../contract/api.ts';
import type { DeliveryBody, EventBody, ReceivedMessage } from '../../contract/event.ts';
import type { InboundContent } from '../../contract/message.ts';
import { Accounts } from '../../service/src/connectors/accounts.ts';
import type { LiveAccount } from '../../service/src/connectors/live.ts';
import type { HttpRequest, HttpResponse, ProviderHttp } from '../../service/src/core/http.ts';
import { makeIds } from '../../service/src/core/ids.ts';
import { NO_WINDOW } from '../../service/src/core/session-window.ts';
import { DeliverHandler } from '../../service/src/events/deliver.ts';
import { Publisher } from '../../service/src/events/publish.ts';
import type { Fact } from '../../service/src/events/fact.ts';
import { Subscriptions } from '../../service/src/events/subscriptions.ts';
import { Outbox, type Job } from '../../service/src/outbox/outbox.ts';
import { parseEncryptionKeys, SecretBox } from '../../service/src/platform/secret-box.ts';
import { readPayload } from '../../service/src/outbox/payload.ts';
import { dueJobs } from '../support/due-jobs.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { serviceClock } from '../support/service-clock.ts';

export const URL_OF_WORKFLOW = 'http://127.0.0.1:5678/webhook/1';

/** The answer to a call: a status, a whole answer, one that depends on the call, or none at all. */
export type Answer = number | Error | HttpResponse | ((call: Call) => number | HttpResponse);

export interface Call {
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  events: DeliveryBody['events'];
}

/** Whom a fact is about, and when it became true; what is left out is the fixture's to choose. */
type About = Partial<Pick<Fact, 'dedupeKey' | 'at' | 'account' | 'conversation' | 'contact' | 'raw'>>;

export class EventsFixture {
  readonly clock = serviceClock(1_750_000_000_000);
  readonly ids = makeIds(this.clock);
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly publisher: Publisher;
  readonly calls: Call[] = [];
  readonly published: string[] = [];
  readonly delivered: string[] = [];
  /** The next answers; then `answer`. */
  answers: Answer[] = [];
  answer: Answer = 200;
  /** The dice of the deliveries. */
  random: () => number = () => 0;
  /** Runs while the workflow is being called. */
  duringCall: () => Promise<unknown> = async () => undefined;
  readonly #sealer = new SecretBox(parseEncryptionKeys(`k:${'ab'.repeat(32)}`));
  readonly #observer = {
    published: (type: string) => void this.published.push(type),
    delivered: (outcome: string, events: number) => void this.delivered.push(`${outcome} ${events}`),
  };
  readonly logged: string[] = [];
  readonly #log = {
    info: (facts: object, message: string) => void this.logged.push(`${message} ${JSON.stringify(facts)}`),
    warn: (facts: object, message: string) => void this.logged.push(`${message} ${JSON.stringify(facts)}`),
  };
  readonly #deliver: DeliverHandler;
  subscriptions!: Subscriptions;
  account!: LiveAccount;
  #facts = 0;

  private constructor(ledger: Ledger) {
    this.ledger = ledger;
    const { clock, ids } = this;
    this.outbox = new Outbox(clock, { notify: () => undefined, start: () => undefined, stop: async () => undefined });
    this.outbox.register([{ kind: 'deliver' }, { kind: 'normalize' }, { kind: 'maintenance' }]);
    this.publisher = new Publisher({ outbox: this.outbox, ids, clock, observer: this.#observer });
    const deps = {
      ledger,
      outbox: this.outbox,
      publisher: this.publisher,
      clock,
      http: { request: (call: HttpRequest) => this.#answer(call) } as ProviderHttp,
      random: () => this.random(),
      sealer: this.#sealer,
      observer: this.#observer,
      log: this.#log,
    };
    this.#deliver = new DeliverHandler(deps);
  }

  static async make(ledger: Ledger): Promise<EventsFixture> {
    const fixture = new EventsFixture(ledger);
    const sealer = fixture.#sealer;
    const { clock, ids, outbox } = fixture;
    const accounts = await Accounts.load({ ledger, sealer, clock, ids, outbox });
    const settings = { accessToken: 'EAAG', phoneNumberId: '1' };
    fixture.account = (await accounts.put('whatsapp', '1', { settings })).account;
    const urls = {
      checkUrl: (url: string) => {
        if (url.includes('forbidden')) throw new Error('forbidden');
      },
    };
    fixture.subscriptions = new Subscriptions({
      ledger,
      outbox,
      accounts,
      sealer,
      clock,
      ids,
      urls,
      log: fixture.#log,
    });
    return fixture;
  }

  subscribe(wish: Partial<CreateSubscription> = {}): Promise<CreatedSubscription> {
    return this.subscriptions.create({ url: URL_OF_WORKFLOW, events: ['message.received'], ...wish });
  }

  /** Publishes that a contact wrote in a conversation. */
  wrote(conversation: string, content: InboundContent = { type: 'text', text: 'hello' }, change: About = {}) {
    const number = ++this.#facts;
    const message: ReceivedMessage = { id: `msg_${number}`, providerMessageId: `p${number}`, content, sentAt: 'now' };
    return this.publish({
      type: 'message.received',
      message,
      conversation: this.conversation(conversation),
      ...change,
    });
  }

  publish(told: EventBody & About): Promise<boolean> {
    const dedupeKey = `fact ${++this.#facts}`;
    const fact: Fact = { dedupeKey, at: this.clock.now(), account: this.account, ...told };
    return this.ledger.write((tx) => this.publisher.publish(tx, fact));
  }

  conversation(id: string) {
    const made = { id, accountId: this.account.id, contactId: 'con', thread: '', owner: 'bot' as const };
    return {
      ...made,
      window: NO_WINDOW,
      ownerAt: null,
      version: 1,
      inReplyTo: null,
      facts: {},
      attributes: {},
      choices: [],
      createdAt: this.clock.now(),
    };
  }

  /** Runs the deliver jobs that are due, until none is. Answers how many ran. */
  async deliver(): Promise<number> {
    let ran = 0;
    for (let due = await this.due(); due.length > 0; due = await this.due()) {
      for (const job of due) await this.#deliver.run(readPayload(this.#deliver.payload, job));
      ran += due.length;
    }
    return ran;
  }

  due(): Promise<Job[]> {
    return dueJobs(this.ledger, 'deliver', this.clock.now());
  }

  /** The texts that the workflow was given, call by call. */
  texts(): string[][] {
    return this.calls.map(({ events }) => events.map(({ message }) => textOf(message?.content)));
  }

  isSigned({ headers, body }: Call, secret: string): boolean {
    return verifyDelivery(secret, headers, body, this.clock.now());
  }

  async #answer(request: HttpRequest) {
    const body = request.bytes as Buffer;
    const { events } = JSON.parse(body.toString()) as DeliveryBody;
    const call = { url: request.url, headers: request.headers ?? {}, body, events };
    this.calls.push(call);
    await this.duringCall();
    const next = this.answers.shift() ?? this.answer;
    const answer = typeof next === 'function' ? next(call) : next;
    if (answer instanceof Error) throw answer;
    return typeof answer === 'number' ? { status: answer, headers: {}, body: undefined } : answer;
  }
}

function textOf(content: InboundContent | undefined): string {
  return content?.type === 'text' ? content.text : String(content?.type);
}
