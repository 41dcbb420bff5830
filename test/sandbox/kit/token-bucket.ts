/** A rate limit that holds `capacity` tokens and wins one back every `refillMs`. */
export interface TokenBucket {
  tokens: number;
  updatedAt: number;
}

/** Tokens there would be at `now`, never more than `capacity`. */
export function tokensAt(bucket: TokenBucket, now: number, capacity: number, refillMs: number): number {
  return Math.min(capacity, bucket.tokens + (now - bucket.updatedAt) / refillMs);
}
