/**
 * The budget of memory for bodies that are being read. Callers who are slow or many must not use up the memory: beyond the budget, those
 * that have been reading the longest are evicted, so that a short webhook gets through between them.
 */

/** The budget calls it once, when it takes a body's memory back: the caller refuses the request. */
export type OnEvicted = () => void;

/** Describes a body's share of the budget. */
export interface BodyReservation {
  /** Counts bytes that came into memory. Evicts the oldest bodies when all together are too many; after an eviction it does nothing. */
  grow(bytes: number): void;
  /** Gives the share back; a second call does nothing. */
  release(): void;
}

interface Body {
  bytes: number;
  onEvicted: OnEvicted;
}

/** Bounds the bytes of all bodies that are in memory at the same time. */
export class BodyBudget {
  readonly #maxBytes: number;
  /** The body that has been read the longest stands first. */
  readonly #bodies = new Set<Body>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Counts the bytes of all bodies together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Opens a share, of no bytes yet, for a body that begins to come in. */
  reserve(onEvicted: OnEvicted): BodyReservation {
    const body: Body = { bytes: 0, onEvicted };
    this.#bodies.add(body);
    return {
      grow: (bytes) => {
        if (!this.#bodies.has(body)) return;
        body.bytes += bytes;
        this.#bytes += bytes;
        this.#evict();
      },
      release: () => this.#drop(body),
    };
  }

  #drop(body: Body): void {
    if (this.#bodies.delete(body)) this.#bytes -= body.bytes;
  }

  #evict(): void {
    for (const body of this.#bodies) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#drop(body);
      body.onEvicted();
    }
  }
}
