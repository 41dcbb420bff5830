/** The placeholders of a template text, in order of first appearance: `{{1}}` or `{{first_name}}`. */
export function placeholdersOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].map((match) => match[1] ?? ''))];
}

/** The text with its placeholders filled. */
export function fill(text: string, values: Map<string, string>): string {
  return text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (whole, name: string) => values.get(name) ?? whole);
}
