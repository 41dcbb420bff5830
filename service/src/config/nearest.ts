/** Finds the word of `known` (not empty) that takes the fewest changes of a letter to get from `word`: for "did you mean". */
export function nearest(word: string, known: readonly string[]): string {
  return known.reduce((best, next) => (distance(word, next) < distance(word, best) ? next : best));
}

/** Computes Levenshtein's edit distance. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
