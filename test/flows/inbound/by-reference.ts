/** Makes a channel of this program tell some texts by reference only: those that begin with "…". The provider has the rest, unless it is away. */
import { jest } from '@jest/globals';
import type { Channel, ChannelEvent } from '../../../service/src/channels/channel.ts';
import { findChannel } from '../../../service/src/channels/registry.ts';
import { SendError } from '../../../service/src/core/errors.ts';

const PART = /^… /;

function part(event: ChannelEvent): ChannelEvent {
  if (event.type !== 'message.received' || event.content.type !== 'text' || !PART.test(event.content.text))
    return event;
  const text = event.content.text.replace(PART, '');
  return { ...event, content: { type: 'text', text }, rest: { text } };
}

/** As long as it is not restored. */
export function byReference() {
  const channel: { -readonly [Name in keyof Channel]: Channel[Name] } = findChannel('whatsapp');
  const provider = { isAway: false };
  const parse = channel.parse.bind(channel);
  beforeEach(() => {
    provider.isAway = false;
    jest.spyOn(channel, 'parse').mockImplementation((...given) => parse(...given).map(part));
    channel.completion = {
      async complete({ rest }) {
        if (provider.isAway) throw new SendError('unreachable', 'Nobody there');
        return { content: { type: 'text', text: `${String(rest['text'])}, the whole of it` } };
      },
    };
  });
  const restore = () => {
    jest.restoreAllMocks();
    delete channel.completion;
  };
  return { provider, restore };
}
