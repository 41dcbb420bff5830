/** Follows the conversations through the service's API and tells the transcript: nothing here knows what the sandbox does. */
import { setTimeout as pause } from 'node:timers/promises';
import type { MessageAttempt, MessageView, Page } from '../../contract/api.ts';
import type { ParleyEvent, SessionState } from '../../contract/event.ts';
import type { InboundContent, OutboundContent } from '../../contract/message.ts';
import type { Execution } from '../support/engine/engine.ts';
import type { DemoChannel } from './channels.ts';
import type { Cleanup } from './cleanup.ts';
import type { Heard } from './listener.ts';
import type { ServiceProcess } from './service-process.ts';
import { paint, seconds } from './terminal.ts';
import type { Transcript } from './transcript.ts';

export const SHOP = 'Shop';
const EVERY_MS = 60;
const ENDED = new Set(['read', 'played', 'failed', 'unknown']);

function contentLines(content: OutboundContent | InboundContent, choosing: string): string[] {
  if (content.type === 'buttons') {
    const buttons = content.buttons.map(({ title }) => paint('cyan', `[${title}]`)).join(' ');
    return [content.text, buttons, ...(content.footer === undefined ? [] : [paint('dim', content.footer)])];
  }
  if (content.type === 'button') return [`${choosing} ${paint('cyan', `[${content.text}]`)}`];
  const text = 'text' in content && typeof content.text === 'string' ? content.text : undefined;
  return text === undefined ? [`(${content.type})`] : text.split('\n');
}

function windowLine(session: SessionState | undefined): string {
  if (!session?.open) return paint('dim', 'the session window is closed');
  if (session.expiresAt === undefined) return paint('green', 'may be written to at any time');
  const ends = new Date(session.expiresAt);
  const day = ends.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
  return paint('green', `session window open until ${day}, ${ends.toLocaleTimeString('en-GB')}`);
}

function attemptLine({ number, openedAt, outcome, error }: MessageAttempt, before: MessageAttempt | undefined): string {
  const code = error?.providerCode === undefined ? '' : ` (${error.providerCode})`;
  const waitedMs = before?.closedAt === undefined ? 0 : Date.parse(openedAt) - Date.parse(before.closedAt);
  const again = number > 1 ? `again after ${seconds(waitedMs)}: ` : '';
  if (outcome === 'accepted') return `${again}${paint('green', 'accepted')}`;
  if (outcome === 'throttled') return `${again}${paint('yellow', `throttled${code}`)}: not accepted, it will go again`;
  if (outcome === 'uncertain') return `${again}${paint('yellow', 'answer lost')}: uncertain, not repeated…`;
  return `${again}${paint('red', outcome ?? 'open')}${code}: ${error?.message ?? ''}`;
}

/** Work in two promises: one settles when it ends, however; the other only rejects, when it fails. */
function split(work: Promise<void>): { ended: Promise<void>; broken: Promise<never> } {
  const broken = new Promise<never>((_, reject) => work.catch(reject));
  return { ended: work.catch(() => undefined), broken };
}

export class Follower {
  /** Everything the service holds of the conversations, by message id; outbound messages with their attempts. */
  readonly views = new Map<string, MessageView>();
  readonly #service: ServiceProcess;
  readonly #transcript: Transcript;
  readonly #channel: DemoChannel;
  /** Names of the customers by conversation. */
  readonly #customers = new Map<string, string>();
  /** Received messages that the transcript has still to tell, by message id. */
  readonly #received = new Map<string, ParleyEvent>();
  /** How many attempts of a message were told. */
  readonly #told = new Map<string, number>();
  readonly #uncertainAt = new Map<string, number>();

  constructor(service: ServiceProcess, transcript: Transcript, channel: DemoChannel) {
    this.#service = service;
    this.#transcript = transcript;
    this.#channel = channel;
  }

  outbound(): MessageView[] {
    return [...this.views.values()].filter(({ direction }) => direction === 'outbound');
  }

  /** Looks again and again until the demo ends. What it answers rejects when the service cannot be asked any more. */
  async start(cleanup: Cleanup): Promise<{ broken: Promise<never> }> {
    const off = new AbortController();
    const run = async (): Promise<void> => {
      while (!off.signal.aborted) {
        await this.#look();
        await pause(EVERY_MS);
      }
    };
    const { ended, broken } = split(run());
    await cleanup.add(async () => {
      off.abort();
      await ended;
    });
    return { broken };
  }

  /** An event of the demo's own subscription. */
  hear({ event, at }: Heard): void {
    if (event.conversationId !== undefined && !this.#customers.has(event.conversationId)) {
      const { name, identities = [] } = event.contact ?? {};
      this.#customers.set(event.conversationId, name ?? `…${identities[0]?.address.slice(-4) ?? ''}`);
    }
    if (event.message) this.#received.set(event.message.id, event);
    if (event.type === 'message.status') this.#tellStatus(event, at);
  }

  /** An execution of n8n's engine that ended. */
  ran({ id, status, data, error }: Execution, startedAt: number): void {
    const nodes = Object.keys(data.resultData.runData).join(' → ');
    const took = paint('dim', `execution ${id}, ${String(Date.now() - startedAt)} ms`);
    const failure = error ? [paint('red', error.message)] : [];
    this.#transcript.noted(
      startedAt,
      'n8n',
      `${nodes || 'Workflow'}  ${status === 'success' ? took : status}`,
      ...failure,
    );
  }

  #tellReceived({ id, createdAt }: MessageView, who: string): void {
    const event = this.#received.get(id);
    if (!event?.message) return;
    this.#received.delete(id);
    const lines = [...contentLines(event.message.content, this.#channel.choosing), windowLine(event.session)];
    this.#transcript.said(Date.parse(createdAt), who, ...lines);
  }

  #tellStatus({ status, conversationId = '' }: ParleyEvent, at: number): void {
    if (!status) return;
    if (status.status === 'uncertain') return void this.#uncertainAt.set(status.id, at);
    const since = this.#uncertainAt.get(status.id);
    this.#uncertainAt.delete(status.id);
    const customer = this.#customers.get(conversationId) ?? '';
    const words: Record<string, string> = {
      sent: 'sent',
      delivered: `delivered to ${customer}`,
      read: `read by ${customer}`,
    };
    const settled =
      since === undefined
        ? ''
        : `${paint('green', `settled by ${this.#channel.settledBy}`)} ${seconds(at - since)} later: `;
    const why = status.error ? `: ${status.error.message}` : '';
    this.#transcript.noted(at, '  status', `${settled}${words[status.status] ?? status.status}${why}`);
  }

  async #look(): Promise<void> {
    for (const [conversationId, customer] of this.#customers) {
      const path = `/v1/conversations/${conversationId}/messages?limit=100`;
      const { data } = await this.#service.call<Page<MessageView>>('GET', path);
      for (const message of data.toReversed()) await this.#see(message, customer);
    }
  }

  async #see(message: MessageView, customer: string): Promise<void> {
    const known = this.views.get(message.id);
    if (message.direction === 'inbound') {
      this.views.set(message.id, message);
      return this.#tellReceived(message, `${customer} → ${SHOP}`);
    }
    if (known && ENDED.has(known.status)) return;
    if (!known) {
      const lines = contentLines(message.content, this.#channel.choosing);
      this.#transcript.said(Date.parse(message.createdAt), `${SHOP} → ${customer}`, ...lines);
    }
    const view = await this.#service.call<MessageView>('GET', `/v1/messages/${message.id}`);
    this.views.set(view.id, view);
    this.#tellAttempts(view);
  }

  #tellAttempts({ id, attempts = [] }: MessageView): void {
    for (const [index, attempt] of attempts.entries()) {
      if (attempt.closedAt === undefined || index < (this.#told.get(id) ?? 0)) continue;
      this.#told.set(id, index + 1);
      const line = attemptLine(attempt, attempts[index - 1]);
      this.#transcript.noted(Date.parse(attempt.closedAt), `  attempt ${String(attempt.number)}`, line);
    }
  }
}
