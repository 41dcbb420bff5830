import { postedBy, posterFor, type Retry } from '../kit/webhooks.ts';
import type { JsonObject } from '../kit/json.ts';
import { FINAL_STATUSES, SUNSHINE_DEFAULTS } from './defaults.ts';
import { newHex, type Webhooks, type World } from './world.ts';

/** A webhook brings its secret; what was refused for good is not tried again. */
export function createWebhooks(world: Omit<World, 'webhooks'>, retry: Retry): Webhooks {
  const isFinal = (status: number) => FINAL_STATUSES.includes(status);
  const poster = posterFor(world, { ...retry, isFinal }, () => ({ 'content-type': 'application/json' }));
  const envelope = (webhookId: string, event: JsonObject) =>
    Buffer.from(
      JSON.stringify({
        ...{ app: { id: SUNSHINE_DEFAULTS.appId }, webhook: { id: webhookId, version: 'v2' }, events: [event] },
      }),
    );
  return {
    ...postedBy(poster),
    post: (type, payload) => {
      const event = { id: newHex(world), createdAt: new Date(world.clock.now()).toISOString(), type, payload };
      const set = [...world.integrations.values()].flatMap(({ webhooks }) => webhooks);
      const wanted = set.filter(({ triggers }) => triggers.includes(type));
      const posted = wanted.map(({ id, target, secret }) =>
        poster.post(target, envelope(id, event), { 'x-api-key': secret }),
      );
      return posted[0];
    },
  };
}
