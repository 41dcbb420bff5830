/** Looks channels up; nothing else in the service names one. */
import { ParleyError } from '../core/errors.ts';
import type { Channel } from './channel.ts';
import { channels } from './index.ts';

const byId: ReadonlyMap<string, Channel> = new Map(channels.map((channel) => [channel.id, channel]));

/** Throws `ParleyError(404, 'unknown_channel')` that names the channels there are. */
export function findChannel(id: string): Channel {
  const channel = byId.get(id);
  if (channel !== undefined) return channel;
  const known = [...byId.keys()];
  throw new ParleyError(404, 'unknown_channel', `There is no such channel. There is: ${known.join(', ')}.`, {
    channels: known,
  });
}
