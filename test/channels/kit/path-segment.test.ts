import { pathSegment } from '../../../service/src/channels/kit/path-segment.ts';
import { SendError } from '../../../service/src/core/errors.ts';

test.each([
  ['a', 'a'],
  ['a/b?c#d', 'a%2Fb%3Fc%23d'],
  ['...', '...'],
  ['%2e%2e', '%252e%252e'],
  ['a..', 'a..'],
])('%s stays one segment', (id, segment) => {
  expect(pathSegment(id)).toBe(segment);
  expect(new URL(`https://x.example/a/${segment}/z`).pathname).toBe(`/a/${segment}/z`);
});

test.each(['.', '..'])('%s leads nowhere', (id) => {
  expect(() => pathSegment(id)).toThrow(SendError);
});
