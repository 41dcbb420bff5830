/** What only RingCentral has, called by name: interventions, threads, categories, hand-overs, notes. */
import { z } from 'zod';
import type { ChannelAction } from '../channel.ts';
import { compact, idOf } from '../kit/json.ts';
import { engage, type EngageCall } from './call.ts';
import type { RingCentralSettings } from './settings.ts';

type Action = ChannelAction<RingCentralSettings>;

const id = z.string().regex(/^[0-9a-f]{24}$/, 'must be an ID: 24 hex digits');
const ids = z.array(id).min(1).max(50);

/** A list goes as repeated parameters of one name, which only the URL itself can hold. */
function withList(path: string, name: string, values: readonly string[]): string {
  const pairs = values.map((value) => `${encodeURIComponent(`${name}[]`)}=${encodeURIComponent(value)}`);
  return `${path}?${pairs.join('&')}`;
}

/** Calls that make something anew each time. */
const MAKING = ['/intervention_comments'];

/** An action that is one call. */
function calling<I extends z.ZodType<Record<string, unknown>>>(
  input: I,
  call: (given: z.output<I>) => Omit<EngageCall, 'repeatable'>,
): Action {
  return {
    input,
    changes: true,
    async run(given, settings, io) {
      const made = call(input.parse(given));
      const answer = await engage({ ...made, repeatable: !MAKING.includes(made.path) }, settings, io);
      return compact({ done: true, id: idOf(answer.id) });
    },
  };
}

export const actions: Readonly<Record<string, Action>> = {
  'intervention.open': calling(z.strictObject({ contentId: id }), ({ contentId }) => ({
    ...{ method: 'POST', path: '/interventions', query: { content_id: contentId } },
  })),
  'intervention.assign': calling(
    z.strictObject({ interventionId: id, agentId: id }),
    ({ interventionId, agentId }) => ({
      ...{ method: 'PUT', path: `/interventions/${interventionId}/reassign`, query: { user_id: agentId } },
    }),
  ),
  'intervention.close': calling(z.strictObject({ interventionId: id }), ({ interventionId }) => ({
    ...{ method: 'PUT', path: `/interventions/${interventionId}/close` },
  })),
  'intervention.cancel': calling(z.strictObject({ interventionId: id }), ({ interventionId }) => ({
    ...{ method: 'DELETE', path: `/interventions/${interventionId}/cancel` },
  })),
  'note.add': calling(
    z.strictObject({ interventionId: id, text: z.string().min(1).max(20_000) }),
    ({ interventionId, text }) => ({
      ...{
        method: 'POST',
        path: '/intervention_comments',
        json: { intervention_id: interventionId, body: text },
        said: [text],
      },
    }),
  ),
  'thread.categorize': calling(z.strictObject({ thread: id, categoryIds: ids }), ({ thread, categoryIds }) => ({
    method: 'PUT',
    path: withList(`/content_threads/${thread}/update_categories`, 'thread_category_ids', categoryIds),
  })),
  'thread.close': calling(z.strictObject({ thread: id }), ({ thread }) => ({
    ...{ method: 'PUT', path: `/content_threads/${thread}/close` },
  })),
  'thread.reopen': calling(z.strictObject({ thread: id }), ({ thread }) => ({
    ...{ method: 'GET', path: `/content_threads/${thread}/open` },
  })),
  'control.pass': calling(
    z.strictObject({ interventionId: id, to: z.enum(['agent', 'bot']) }),
    ({ interventionId, to }) => {
      const from = to === 'agent' ? 'bot' : 'agent';
      const query = { from, to, type: 'engage_virtual_agent', intervention_id: interventionId };
      return { method: 'POST', path: '/bots/handover', query };
    },
  ),
};
