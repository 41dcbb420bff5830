/** What a channel brings to its conformance suite. */
import type { OutboundContent } from '../../contract/message.ts';
import type { Channel } from '../../service/src/channels/channel.ts';
import type { RawRequest } from '../../service/src/connectors/connector.ts';
import type { HttpRequest, HttpResponse } from '../../service/src/core/http.ts';

export interface ChannelSubject<S> {
  channel: Channel<S>;
  /** As a credential gives them; every secret is set, and each is 8 characters or more. */
  settings: Record<string, unknown>;
  /** The same without what verification needs. They are settings, too: an account sends though no webhook of it can be trusted. */
  unverifiable: Record<string, unknown>;
  /** Another account of the same connection, which knows as little of itself as it may. */
  sibling: Record<string, unknown>;
  samples: {
    /** Bodies of webhooks for this account, one or more of every sort the provider has. */
    webhooks: readonly unknown[];
    /** How the provider writes a body. Default: as JSON. */
    encode?(body: unknown): Buffer;
    /** Whether two bodies say the same to the provider's signature, which then cannot tell them apart. Default: never. */
    isSame?(one: Buffer, other: Buffer): boolean;
    /** A request as the provider would make it. Where it is the same for every body, the suite asks nothing of the body, and more of the token. */
    sign(body: Buffer): RawRequest;
    /** At least one content of every kind that the channel can send. */
    outbound: readonly OutboundContent[];
    recipients: { good: readonly string[]; bad: readonly string[] };
    /** Refusals as the provider writes them, with `text` in every place where it could repeat what it was given. */
    refusals(text: string): readonly HttpResponse[];
    /** Of a channel whose webhooks tell some things by reference only. */
    completion?: {
      /** What the provider answers who fetches the rest of what `webhooks` tell so. */
      answers(request: HttpRequest): HttpResponse;
      /** What it takes to fetch it and nobody else is to see. */
      secrets: readonly string[];
    };
  };
}
