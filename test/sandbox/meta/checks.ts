import { isObject, type JsonObject } from '../kit/json.ts';
import { invalid, missing } from './errors.ts';

/** A required string of 1–`max` characters. */
export function requireText(value: unknown, path: string, max: number): string {
  if (value === undefined || value === null || value === '') throw missing(path);
  if (typeof value !== 'string') throw invalid(`${path} must be a string`);
  const { length } = [...value];
  if (length > max) throw invalid(`Length of param ${path} must be less than or equal to ${max}`);
  return value;
}

export function allowText(value: unknown, path: string, max: number): string | undefined {
  return value === undefined ? undefined : requireText(value, path, max);
}

export function requireObject(value: unknown, path: string): JsonObject {
  if (value === undefined || value === null) throw missing(path);
  if (!isObject(value)) throw invalid(`${path} must be an object`);
  return value;
}

/** A required list of objects with `min`–`max` elements. */
export function requireList(value: unknown, path: string, min: number, max: number): JsonObject[] {
  if (value === undefined || value === null) throw missing(path);
  if (!Array.isArray(value) || !value.every(isObject)) throw invalid(`Param ${path} must be an array`);
  if (value.length < min || value.length > max) throw invalid(`Param ${path} must have ${min} to ${max} elements`);
  return value;
}

export function requireOneOf<T extends string>(value: unknown, path: string, options: readonly T[]): T {
  if (value === undefined || value === null) throw missing(path);
  if (!options.some((option) => option === value))
    throw invalid(`Param ${path} must be one of {${options.join(', ')}}`);
  return value as T;
}

export function requireUrl(value: unknown, path: string): string {
  const text = requireText(value, path, 2000);
  if (!/^https?:\/\/[^\s/]+/i.test(text)) throw invalid(`${path} should represent a valid URL`);
  return text;
}

/** Refuses members the object does not have. */
export function refuseOthers(value: JsonObject, path: string, known: readonly string[]): void {
  const other = Object.keys(value).find((key) => !known.includes(key));
  if (other !== undefined) throw invalid(`Unexpected key "${other}" on param "${path}"`);
}
