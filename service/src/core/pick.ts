/** Says what `pick` answers: of a union, the members of each of its types, so that they stay told apart. */
type Picked<T, K extends keyof T> = T extends unknown ? Pick<T, K> : never;

/** Picks some members of an object. */
export function pick<T extends object, K extends keyof T>(value: T, ...names: K[]): Picked<T, K> {
  return Object.fromEntries(names.map((name) => [name, value[name]])) as Picked<T, K>;
}
