import axios from 'axios';
import { NestLogger, makeLogger } from '../../service/src/platform/logger.ts';
import { redact, redactText } from '../../service/src/platform/redact.ts';
import { LocalServers } from './local-servers.ts';
import { LogLines } from './support-app.ts';

function logTo(level = 'trace') {
  const log = new LogLines();
  return { log, logger: makeLogger({ level, destination: log.destination }) };
}

test('a line is JSON with level, time, message and facts', () => {
  const { log, logger } = logTo();
  logger.info({ accountId: 'acc_1', count: 2, at: new Date(0), none: null }, 'account stored');
  expect(log.lines).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      name: 'parley',
      accountId: 'acc_1',
      count: 2,
      at: '1970-01-01T00:00:00.000Z',
      none: null,
      msg: 'account stored',
    },
  ]);
});

test('nothing below the level', () => {
  const { log, logger } = logTo('warn');
  logger.info('quiet');
  expect(log.lines).toEqual([]);
});

describe('members that are never logged', () => {
  test.each([
    'authorization',
    'Authorization',
    'accessToken',
    'access_token',
    'appSecret',
    'verifyToken',
    'hub.verify_token',
    'secret',
    'secrets',
    'apiKey',
    'x-api-key',
    'password',
    'settings',
    'body',
    'rawBody',
    'content',
    'text',
    'caption',
    'x-hub-signature-256',
    'webhook-signature',
    'cookie',
  ])('%s, at any depth', (name) => {
    const { log, logger } = logTo();
    logger.info({ [name]: 'topsecret', a: [{ b: { [name]: { deep: 'topsecret' } } }] }, 'x');
    logger.child({ [name]: 'topsecret' }).info('y');
    expect(log.text).not.toContain('topsecret');
    expect(log.lines).toHaveLength(2);
  });
});

describe('texts', () => {
  test.each([
    ['Bearer topsecret!x', 'Bearer [redacted]'],
    ['Authorization: Basic dG9wOnNlY3JldA==', 'Authorization: Basic [redacted]'],
    ['GET https://g.example/v1/1?access_token=topsecret&x=1 failed', 'GET https://g.example/v1/1?[redacted] failed'],
    ['GET /webhooks/whatsapp?hub.verify_token=topsecret', 'GET /webhooks/whatsapp?[redacted]'],
    ['https://me:topsecret@db/x', 'https://[redacted]@db/x'],
    ['pk_0123456789abcdef_topsecret-_x', '[redacted]'],
    ['{"accessToken":"topsecret","a":1}', '{"accessToken":"[redacted]","a":1}'],
    ['app_secret=topsecret', 'app_secret=[redacted]'],
    ['nothing to hide? no: all is well', 'nothing to hide? no: all is well'],
  ])('%s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  test('are shortened', () => {
    expect(redactText('x'.repeat(9_000))).toHaveLength(2_000);
  });
});

describe('values', () => {
  const cycle: Record<string, unknown> = { a: 1 };
  cycle['self'] = cycle;
  test.each<[string, unknown, unknown]>([
    ['bytes', Buffer.from('topsecret'), '[9 bytes]'],
    ['functions', () => 'topsecret', 'function'],
    ['big integers', 10n, 'bigint'],
    ['long lists', Array.from({ length: 99 }, () => 1), Array.from({ length: 50 }, () => 1)],
  ])('%s', (_name, value, expected) => {
    expect(redact(value)).toEqual(expected);
  });

  test('cycles end', () => {
    expect(JSON.stringify(redact(cycle))).toContain('[deep]');
  });
});

describe('errors', () => {
  const servers = new LocalServers();
  afterEach(() => servers.close());

  async function axiosError(): Promise<unknown> {
    const url = await servers.http((request, response) => {
      request.resume();
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"topsecret"}');
    });
    return axios
      .post(
        `${url}/v1?access_token=topsecret`,
        { words: 'topsecret' },
        { headers: { authorization: 'Bearer topsecret' } },
      )
      .catch((error: unknown) => error);
  }

  test.each<[string, (logger: ReturnType<typeof logTo>['logger'], error: unknown) => void]>([
    ['alone', (logger, error) => logger.error(error)],
    ['with a message', (logger, error) => logger.error(error, 'send failed')],
    ['as a member', (logger, error) => logger.error({ err: error, jobId: 'job_1' }, 'send failed')],
    ['as a cause', (logger, error) => logger.error({ err: new Error('send failed', { cause: error }) })],
    ['through Nest', (logger, error) => new NestLogger(logger).error(error)],
  ])('an axios error, %s, shows what failed and no secret', async (_name, write) => {
    const { log, logger } = logTo();
    write(logger, await axiosError());
    expect(log.text).not.toContain('topsecret');
    expect(log.text).toContain('Request failed with status code 401');
    expect(log.text).toContain('AxiosError');
  });

  test('messages and stacks are cleaned', () => {
    const { log, logger } = logTo();
    logger.error(new Error('GET https://g.example/?access_token=topsecret with Bearer topsecret'));
    expect(log.text).not.toContain('topsecret');
    expect(log.lines[0]).toMatchObject({ err: { type: 'Error', stack: expect.stringContaining('logger.test') } });
  });
});

describe('NestLogger', () => {
  test.each<[string, (nest: NestLogger) => void, object]>([
    ['log', (nest) => nest.log('Mapped', 'Router'), { level: 'debug', msg: 'Mapped', context: 'Router' }],
    ['warn', (nest) => nest.warn('Careful', 'Router'), { level: 'warn', msg: 'Careful', context: 'Router' }],
    [
      'error',
      (nest) => nest.error('Bad', 'at x', 'Router'),
      { level: 'error', msg: 'Bad', stack: 'at x', context: 'Router' },
    ],
    ['verbose', (nest) => nest.verbose('Fine'), { level: 'trace', msg: 'Fine' }],
    ['fatal', (nest) => nest.fatal({ a: 1 }, 'Boot'), { level: 'fatal', msg: 'Boot', detail: { a: 1 } }],
  ])('%s', (_name, write, expected) => {
    const { log, logger } = logTo();
    write(new NestLogger(logger));
    expect(log.lines).toEqual([expect.objectContaining(expected)]);
  });
});
