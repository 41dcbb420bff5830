/** Comparing types, for tests that hold two descriptions of one thing together. */

/** The same members written out: intersections become one object, at every depth. */
export type Plain<T> = T extends object ? { [Name in keyof T]: Plain<T[Name]> } : T;

/** `true` when each of two types is the other, with the same members optional. */
export type Same<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;
