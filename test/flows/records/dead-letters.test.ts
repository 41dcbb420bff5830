import { closeApps, startApp } from '../../support/app.ts';
import { describeDeadLetters } from './dead-letters.suite.ts';

describeDeadLetters('sqlite', async () => ({}));

test.each<[string, string, string, object | undefined, string]>([
  ['neither ids nor a filter', 'POST', '/v1/dead-letters/replay', {}, 'ids'],
  ['both', 'POST', '/v1/dead-letters/replay', { ids: ['msg_1'], filter: {} }, 'ids'],
  ['no ids', 'POST', '/v1/dead-letters/discard', { ids: [] }, 'ids'],
  [
    'too many ids',
    'POST',
    '/v1/dead-letters/replay',
    { ids: Array.from({ length: 501 }, (_, i) => `msg_${i}`) },
    'ids',
  ],
  ['an unknown type', 'GET', '/v1/dead-letters?type=pigeon', undefined, 'type'],
  ['a time that is none', 'GET', '/v1/dead-letters?from=yesterday', undefined, 'from'],
  ['a place that is none', 'GET', '/v1/dead-letters?after=msg_1', undefined, 'after'],
  ['an unknown member', 'POST', '/v1/dead-letters/replay', { filter: { colour: 'red' } }, 'filter'],
])('asking for dead letters with %s is refused', async (_name, method, path, body, field) => {
  const app = await startApp({ registered: false });
  const answer = await app.call(method, path, body);
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  expect((answer.body as { errors: { field: string }[] }).errors[0]?.field).toContain(field);
  await closeApps();
});
