/** The traffic: people who write to the business and are written to, all at once, each in their own order. All choices from the seed. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SendAccepted } from '../../contract/api.ts';
import type { Api, Reply } from './api.ts';
import type { Journal } from './journal.ts';
import { ACCOUNT, type Provider } from './provider.ts';
import type { Random } from './random.ts';
import { poisonFor } from './workflow.ts';

/** Sends to one person in all: below the burst that WhatsApp grants to a pair, so that no pacing decides a run. */
const SENDS_PER_PERSON = 36;
/** No place has so many turns. */
const LATECOMER = '15559999999';
const RETRY_MS = 150;
/** A send that is not answered for so long will never be. */
const PATIENCE_MS = 5 * 60_000;

const ACTIONS = {
  writes: 50,
  'writes several': 8,
  'is sent': 34,
  'is heard again': 4,
  'is heard through another webhook': 4,
};

export interface Scene {
  api: Api;
  journal: Journal;
  provider: Provider;
  random: Random;
  /** Workflows for which somebody is to write poison, one message each. */
  poison: string[];
}

/** Where traffic is made: `end` stops it and resolves when what everybody was doing is done. */
export class People {
  readonly #scene: Scene;
  readonly #talks: Promise<void>[] = [];
  readonly #latecomer: Person;
  #ended = false;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#latecomer = new Person(LATECOMER, scene);
  }

  /** So many talk at the same time; who is done is followed by somebody new. */
  start(count: number): void {
    for (let place = 0; place < count; place++) this.#talks.push(this.#talk(place));
  }

  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#talks);
  }

  /** Somebody writes one more message, also when all have ended. Resolves when its webhook was acknowledged. */
  writesLate(): Promise<void> {
    return this.#latecomer.write(1);
  }

  async #talk(place: number): Promise<void> {
    for (let turn = 0; !this.#ended; turn++) {
      const address = `1555${String(place).padStart(3, '0')}${String(turn).padStart(4, '0')}`;
      const person = new Person(address, { ...this.#scene, random: this.#scene.random.fork(address) });
      await person.talk(() => this.#ended);
    }
  }
}

class Person {
  readonly #address: string;
  readonly #scene: Scene;
  readonly #written: { id: string; text: string }[] = [];
  #sends = 0;

  constructor(address: string, scene: Scene) {
    this.#address = address;
    this.#scene = scene;
  }

  async talk(isOver: () => boolean): Promise<void> {
    const { random } = this.#scene;
    while (!isOver() && this.#sends < SENDS_PER_PERSON) {
      await pause(random.whole(5, 200));
      await this.#act(random.weighted(ACTIONS));
    }
    // What is held goes out when the person writes.
    await this.write(1);
  }

  async #act(action: keyof typeof ACTIONS): Promise<unknown> {
    const { provider, random } = this.#scene;
    if (action === 'writes') return this.write(1);
    if (action === 'writes several') return this.write(random.whole(2, 5));
    if (action === 'is sent') return this.#send();
    if (this.#written.length === 0) return undefined;
    const { id, text } = random.pick(this.#written);
    if (action === 'is heard through another webhook') {
      return provider.sandbox.customer.sends({ id, from: this.#address, text });
    }
    const before = provider.sandbox.webhooks.deliveries.find(({ body }) => body.includes(id));
    return before && provider.sandbox.webhooks.emitRaw(before.body, before.url).done;
  }

  /** Resolves when the webhook was acknowledged. */
  async write(count: number): Promise<void> {
    const { journal, provider, poison } = this.#scene;
    const refusing = count === 1 ? poison.shift() : undefined;
    const messages = Array.from({ length: count }, () => {
      const said = `${this.#address} writes ${this.#written.length}`;
      const id = `wamid.${Buffer.from(said).toString('base64url')}`;
      const text = refusing === undefined ? said : `${said}: ${poisonFor(refusing)}`;
      this.#written.push({ id, text });
      return { id, from: this.#address, text };
    });
    const ids = messages.map(({ id }) => id);
    const known = refusing === undefined ? {} : { poisonFor: refusing };
    journal.note({ what: 'wrote', person: this.#address, messages: ids, ...known });
    const [sent] = await provider.sandbox.customer.sendsTogether(messages);
    await sent?.delivery?.done;
  }

  /** Resolves when the send was admitted; now and then it is asked again after that, as n8n does. */
  async #send(): Promise<void> {
    const { random } = this.#scene;
    const key = `${this.#address} is sent ${this.#sends++}`;
    const purpose = random.chance(0.2) ? 'campaign' : 'reply';
    const until = performance.now() + PATIENCE_MS;
    while (performance.now() < until) {
      const { status = 500 } = await this.#ask(key, purpose);
      if (status < 500 && status !== 429) break;
      await pause(RETRY_MS);
    }
    if (random.chance(0.1)) await this.#ask(key, purpose);
  }

  async #ask(key: string, purpose: string): Promise<Reply> {
    const { api, journal, random } = this.#scene;
    const person = this.#address;
    const content = { type: 'text', text: key };
    const to = `+${person}`;
    const body = { account: ACCOUNT, to, content, purpose, ifSessionClosed: 'hold', metadata: { key } };
    const call = { method: 'POST', path: '/v1/messages', body, idempotencyKey: key } as const;
    journal.note({ what: 'asked', person, key });
    // Some answers are not waited for: whether the send was admitted is then found out by asking again.
    const reply = await api.call(random.chance(0.15) ? { ...call, timeoutMs: random.whole(1, 25) } : call);
    const { status, error } = reply;
    const id = status === 202 ? (reply.body as SendAccepted).id : undefined;
    journal.note({
      what: 'answered',
      person,
      key,
      ...(status !== undefined && { answer: status }),
      ...(id !== undefined && { id }),
      ...(error !== undefined && { error }),
    });
    return reply;
  }
}
