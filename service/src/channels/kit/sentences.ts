/** Writes what a provider says and how to mend it as one text. */

/** Stands before the first of the full stops and spaces at an end, so that each is looked at once. */
const END = /(?<![.\s])[.\s]+$/;

/** Joins what is there by full stops; the last sentence has none. */
export function sentences(...parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined)
    .map((part) => part.replace(END, ''))
    .join('. ');
}
