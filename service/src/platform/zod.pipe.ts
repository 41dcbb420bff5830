import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { validate } from '../core/validation.ts';

/** Validates a body, query or parameter: `@Body(new ZodPipe(schema)) body: z.output<typeof schema>`. */
export class ZodPipe<T> implements PipeTransform<unknown, T> {
  readonly #schema: z.ZodType<T>;

  constructor(schema: z.ZodType<T>) {
    this.#schema = schema;
  }

  transform(value: unknown): T {
    return validate(this.#schema, value);
  }
}
