/** Finds which of the provider's templates a content sends. */
import type { OutboundContent } from '../../../contract/message.ts';
import type { LiveAccount } from '../connectors/live.ts';
import type { TemplateName } from '../store/template-category.store.ts';

/** Names the template that a content sends; undefined: it sends none. */
export function templateIn({ channel }: LiveAccount, content: OutboundContent): TemplateName | undefined {
  if (content.type === 'template') return { name: content.name, language: content.language };
  return content.type === 'native' ? channel.templateIn?.(content.body) : undefined;
}
