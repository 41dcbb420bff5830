/** The bench reads and writes on every channel there is, with a sample of each: here once, so that it is known to work. */
import { samples } from '../../bench/channel-samples.ts';
import { measureChannel } from '../../bench/channels.ts';
import { channels } from '../../service/src/channels/index.ts';

test.each(channels.map((channel) => [channel.id, channel] as const))(
  'what %s costs can be measured',
  async (id, channel) => {
    const sample = samples[id];
    expect(sample).toBeDefined();
    const cost = sample && (await measureChannel(channel, sample, { rounds: 1, count: 1 }));
    for (const times of [cost?.read, cost?.readBaseline, cost?.written, cost?.writtenBaseline]) {
      expect(times).toEqual([expect.any(Number)]);
    }
  },
);
