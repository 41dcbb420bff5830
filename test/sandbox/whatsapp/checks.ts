import { isObject, type JsonObject } from '../kit/json.ts';
import { invalid, missing } from './errors.ts';

/** A required string of 1–`max` characters (`min` 0 allows the empty one). */
export function requireText(value: unknown, path: string, max: number, min = 1): string {
  if (value === undefined || value === null || (value === '' && min > 0)) throw missing(path);
  if (typeof value !== 'string') throw invalid(`${path} must be a string.`);
  const { length } = [...value];
  if (length > max) throw invalid(`${path} length invalid. Min length: ${min}, Max length: ${max}`);
  return value;
}

/** An optional string of at most `max` characters. */
export function allowText(value: unknown, path: string, max: number): string | undefined {
  return value === undefined ? undefined : requireText(value, path, max);
}

export function requireObject(value: unknown, path: string): JsonObject {
  if (value === undefined || value === null) throw missing(path);
  if (!isObject(value)) throw invalid(`${path} must be an object.`);
  return value;
}

/** A required list of objects with `min`–`max` elements. */
export function requireList(value: unknown, path: string, min: number, max: number): JsonObject[] {
  if (value === undefined || value === null) throw missing(path);
  if (!Array.isArray(value) || !value.every(isObject)) throw invalid(`${path} must be a list of objects.`);
  if (value.length < min || value.length > max) {
    throw invalid(`Invalid ${path} count. Min allowed ${path}: ${min}, Max allowed ${path}: ${max}`);
  }
  return value;
}

export function requireOneOf<T extends string>(value: unknown, path: string, options: readonly T[]): T {
  if (value === undefined || value === null) throw missing(path);
  if (!options.some((option) => option === value)) throw invalid(`${path} must be one of {${options.join(', ')}}.`);
  return value as T;
}

export function requireUnique(values: readonly string[], path: string): void {
  if (new Set(values).size !== values.length) throw invalid(`${path} must be unique.`);
}

export function requireUrl(value: unknown, path: string, max = 2000): string {
  const text = requireText(value, path, max);
  if (!/^https?:\/\/[^\s/]+/i.test(text)) throw invalid(`${path} is not a valid URI.`);
  return text;
}

export function requireNumber(value: unknown, path: string, min: number, max: number): number {
  if (value === undefined || value === null || value === '') throw missing(path);
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < min || number > max) {
    throw invalid(`${path} must be a number between ${min} and ${max}.`);
  }
  return number;
}

/** Refuses members the object does not have. */
export function refuseOthers(value: JsonObject, path: string, known: readonly string[]): void {
  const other = Object.keys(value).find((key) => !known.includes(key));
  if (other !== undefined) throw invalid(`Unexpected key "${other}" on param "${path}".`);
}
