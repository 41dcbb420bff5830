/** Collects what is wrong with a content, so that a workflow learns of every bad field at once. */
import { ParleyError } from '../../core/errors.ts';

export interface TextRule {
  max: number;
  optional?: boolean;
}

/** Lengths are counted in Unicode code points: never stricter than a provider that counts code units. */
const lengthOf = (text: string): number => [...text].length;

/** Tolerates values of a wrong type: it reports them. */
export class Checker {
  private readonly found: { field: string; message: string }[] = [];

  /** Reports `field` when `isWrong`. */
  refuse(isWrong: boolean, field: string, message: string): void {
    if (isWrong) this.found.push({ field, message: `${field} ${message}` });
  }

  text(field: string, value: unknown, rule: TextRule): void {
    if (value === undefined || value === null || value === '') {
      this.refuse(rule.optional !== true, field, `is required, with 1 to ${rule.max} characters; nothing was given`);
      return;
    }
    if (typeof value !== 'string') return this.refuse(true, field, `must be text; ${typeof value} was given`);
    const length = lengthOf(value);
    this.refuse(length > rule.max, field, `may have at most ${rule.max} characters; ${length} were given`);
  }

  /** Answers the list, empty when it is none. */
  list<T>(field: string, value: readonly T[] | undefined, min: number, max: number): readonly T[] {
    const list = Array.isArray(value) ? (value as readonly T[]) : [];
    const range = min === max ? `exactly ${min}` : `${min} to ${max}`;
    const isWrong = list.length < min || list.length > max;
    this.refuse(isWrong, field, `must have ${range} elements; ${list.length} were given`);
    return list;
  }

  /** Refuses what only lists with several picks and pictures have. */
  plainRows(sections: readonly { multiple?: boolean; rows?: readonly { imageUrl?: string }[] }[]): void {
    sections.forEach(({ multiple, rows = [] }, index) => {
      const field = `sections[${index}]`;
      this.refuse(multiple === true, `${field}.multiple`, 'is not possible here: one row can be chosen');
      rows.forEach(({ imageUrl }, row) =>
        this.refuse(imageUrl !== undefined, `${field}.rows[${row}].imageUrl`, 'is not shown here: leave it out'),
      );
    });
  }

  unique(field: string, values: readonly unknown[]): void {
    const given = values.filter((value) => value !== undefined);
    this.refuse(new Set(given).size < given.length, field, `must be unique; one of them is given more than once`);
  }

  number(field: string, value: unknown, min: number, max: number): void {
    const isWrong = typeof value !== 'number' || !(value >= min && value <= max);
    const given = typeof value === 'number' ? value : value === undefined ? 'nothing' : typeof value;
    this.refuse(isWrong, field, `must be a number from ${min} to ${max}; ${given} was given`);
  }

  url(field: string, value: unknown, schemes: readonly string[], max = 2000): void {
    this.text(field, value, { max });
    if (typeof value !== 'string' || value === '') return;
    const protocol = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : undefined;
    const isWrong = protocol === undefined || !schemes.includes(protocol);
    this.refuse(
      isWrong,
      field,
      `must be a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    );
  }

  /** Throws `ParleyError(400, 'invalid_content')` with every finding. */
  finish(): void {
    if (this.found.length === 0) return;
    const detail = this.found.map(({ message }) => message).join('; ');
    throw new ParleyError(400, 'invalid_content', `${detail}.`, { errors: this.found });
  }
}
