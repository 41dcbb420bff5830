/**
 * The bodies that are being read into memory. Callers who are slow or many must not use up the memory: beyond a bound, those that have
 * been at it the longest are turned away, so that a short webhook gets through between them.
 */

/** Told that its body can be held no longer. */
export type TurnAway = () => void;

interface Reader {
  bytes: number;
  turnAway: TurnAway;
}

/** What one caller is reading. */
export interface Reading {
  /** So many bytes more are in memory. */
  more(bytes: number): void;
  /** None of them are any more. */
  end(): void;
}

export class Readings {
  readonly #maxBytes: number;
  /** The one that has been reading the longest first. */
  readonly #readers = new Set<Reader>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  begin(turnAway: TurnAway): Reading {
    const reader: Reader = { bytes: 0, turnAway };
    this.#readers.add(reader);
    return {
      more: (bytes) => {
        if (!this.#readers.has(reader)) return;
        reader.bytes += bytes;
        this.#bytes += bytes;
        this.#makeRoom();
      },
      end: () => this.#drop(reader),
    };
  }

  #drop(reader: Reader): void {
    if (this.#readers.delete(reader)) this.#bytes -= reader.bytes;
  }

  #makeRoom(): void {
    for (const reader of this.#readers) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#drop(reader);
      reader.turnAway();
    }
  }
}
