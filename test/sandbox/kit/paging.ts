/** A page of a listing. */
export interface Page<T> {
  items: T[];
  /** Where the next one begins; absent: this was the last. */
  next?: number;
}

/** `size` elements from `start` on. */
export function pageOf<T>(all: readonly T[], start: number, size: number): Page<T> {
  const end = start + size;
  return { items: all.slice(start, end), ...(end < all.length && { next: end }) };
}

/** A cursor: a position that whoever gets it cannot read. */
export const cursorOf = (position: number): string => Buffer.from(`at:${position}`).toString('base64url');

/** The position a cursor stands for; undefined: it is none of ours. */
export function positionOf(cursor: string): number | undefined {
  const position = /^at:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  return position === undefined ? undefined : Number(position);
}
