/** Recipients as tests write them, who are certain or known. */
import type { IdentityRef } from '../../contract/event.ts';
import type { Channel } from '../../service/src/channels/channel.ts';

/** Whom the channel reads in it; of an address that may name two, whom it names where they are known. */
export function recipientOf<S>(channel: Channel<S>, to: string, settings: S): IdentityRef {
  const read = channel.recipient(to, settings);
  return 'ifKnown' in read ? read.ifKnown : read;
}

/** A thread where the channel writes in threads only, else none. */
export function anyThread<S>(channel: Channel<S>, settings: S): string {
  return channel.capabilities(settings).threads === 'required' ? 't-1' : '';
}
