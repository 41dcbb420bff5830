import { channels } from '../../service/src/channels/index.ts';
import { findChannel } from '../../service/src/channels/registry.ts';

test('finds every channel of the list by its id', () => {
  expect(channels.map(({ id }) => findChannel(id))).toEqual(channels);
  expect(new Set(channels.map(({ id }) => id)).size).toBe(channels.length);
});

test.each(['telegraph', '', 'constructor'])('%j is unknown, and the error names what there is', (id) => {
  expect(() => findChannel(id)).toThrow(
    expect.objectContaining({ status: 404, code: 'unknown_channel', message: expect.stringContaining('whatsapp') }),
  );
});
