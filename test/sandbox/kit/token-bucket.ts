/** A rate limit that holds `capacity` tokens and wins one back every `refillMs`. */
export interface TokenBucket {
  tokens: number;
  updatedAt: number;
}

/** Tokens there would be at `now`, never more than `capacity`; a clock that was put back takes none away. */
export function tokensAt(bucket: TokenBucket, now: number, capacity: number, refillMs: number): number {
  return Math.min(capacity, bucket.tokens + Math.max(0, now - bucket.updatedAt) / refillMs);
}

/** A rate as a provider states it: so many at once, and one more every `refillMs`. */
export interface Rate {
  burst: number;
  refillMs: number;
}

/** One bucket for each name, full at first. */
export class RateLimiter {
  readonly #buckets = new Map<string, TokenBucket>();

  /** How long the next one has to wait, in milliseconds; 0: it need not. */
  waitMs(name: string, now: number, { burst, refillMs }: Rate): number {
    const bucket = this.#buckets.get(name);
    const tokens = bucket ? tokensAt(bucket, now, burst, refillMs) : burst;
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * refillMs);
  }

  /** Takes one. */
  spend(name: string, now: number, { burst, refillMs }: Rate): void {
    const bucket = this.#buckets.get(name) ?? { tokens: burst, updatedAt: now };
    this.#buckets.set(name, { tokens: tokensAt(bucket, now, burst, refillMs) - 1, updatedAt: now });
  }
}
