import { ParleyError } from '../../service/src/core/errors.ts';
import { ZodPipe } from '../../service/src/platform/zod.pipe.ts';
import { z } from './service-zod.ts';

const pipe = new ZodPipe(z.strictObject({ purpose: z.enum(['reply', 'campaign']).default('reply') }) as never);

test('a good value comes out with its defaults', () => {
  expect(pipe.transform({})).toEqual({ purpose: 'reply' });
});

test('a bad one is refused as a request', () => {
  expect(() => pipe.transform({ purpose: 7 })).toThrow(ParleyError);
});
