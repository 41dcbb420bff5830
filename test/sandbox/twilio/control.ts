import { get, onePartyControls, post, text, type Control } from '../kit/control.ts';
import type { JsonObject } from '../kit/json.ts';
import type { ContentSeed } from './contents.ts';
import type { TwilioSandbox } from './sandbox.ts';
import type { SandboxMessage } from './world.ts';

/** The part of the sandbox that can be reached over HTTP. */
export type Controlled = Omit<TwilioSandbox, 'url' | 'port' | 'close'>;

export const CONTROLS: Control<Controlled>[] = [
  ...onePartyControls<Controlled, SandboxMessage>(messageSummary),
  post('/subscribe', ({ sandbox, body }) => {
    sandbox.subscribe(text(body, 'callbackUrl'));
    return {};
  }),
  post('/templates', ({ sandbox: { contents }, body }) => contents.seed(body as unknown as ContentSeed)),
  get('/templates', ({ sandbox: { contents } }) => contents.list()),
];

/** `to` without the channel; `body` is what the person sees. */
function messageSummary(message: SandboxMessage): JsonObject {
  const { sid, line, createdAt, to, from, body, media, rendered, statusCallback = '', statuses } = message;
  const own = URL.canParse(statusCallback) ? new URL(statusCallback).searchParams.get('message') : null;
  const bare = to.replace(/^whatsapp:\+?|^\+/, '');
  return { id: sid, line, from, to: bare, acceptedAt: createdAt, body, media, rendered, messageId: own, statuses };
}
