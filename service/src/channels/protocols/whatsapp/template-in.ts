/** Names the template that a body of `native` sends. */
import { objectOf, textOf } from '../../kit/json.ts';

export function templateIn(body: Readonly<Record<string, unknown>>) {
  const { name, language } = objectOf(body.template);
  const named = textOf(name);
  return named === undefined ? undefined : { name: named, language: textOf(objectOf(language).code) ?? '' };
}
