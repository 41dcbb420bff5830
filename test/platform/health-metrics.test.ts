import { Controller, Get } from '@nestjs/common';
import { Drain, HealthController, READINESS_CHECKS, type ReadinessCheck } from '../../service/src/platform/health.ts';
import { METRICS, Metrics, MetricsController } from '../../service/src/platform/metrics.ts';
import { startApp, type TestApp } from './support-app.ts';

@Controller('v1/things')
class Things {
  @Get(':id')
  get() {
    return {};
  }
}

let store: 'up' | 'down' | 'hanging' = 'up';
const checks: ReadinessCheck[] = [
  { name: 'queue', check: async () => undefined },
  {
    name: 'store',
    check: () => {
      if (store === 'hanging') return new Promise(() => undefined);
      return store === 'up' ? Promise.resolve() : Promise.reject(new Error('password=topsecret'));
    },
  },
];
const metrics = new Metrics();
const drain = new Drain();
let test_: TestApp;

beforeAll(async () => {
  test_ = await startApp({
    controllers: [HealthController, MetricsController, Things],
    providers: [
      { provide: READINESS_CHECKS, useValue: checks },
      { provide: METRICS, useValue: metrics },
      { provide: Drain, useValue: drain },
    ],
    setUp: (app) => metrics.observeHttp(app.getHttpAdapter().getInstance()),
  });
});
afterAll(() => test_.app.close());

const get = async (path: string) => {
  const answer = await fetch(test_.url + path);
  const text = await answer.text();
  return { status: answer.status, type: answer.headers.get('content-type'), text };
};

describe('readiness', () => {
  afterEach(() => {
    store = 'up';
  });

  test('all is well', async () => {
    expect(await get('/readyz')).toMatchObject({ status: 200, text: '{"status":"ready"}' });
  });

  test.each(['down', 'hanging'] as const)('a check that is %s is named, its reason only logged', async (state) => {
    store = state;
    const { status, type, text } = await get('/readyz');
    expect({ status, type }).toEqual({ status: 503, type: 'application/problem+json; charset=utf-8' });
    expect(JSON.parse(text)).toMatchObject({ failing: ['store'], detail: expect.stringContaining('store') });
    expect(text + test_.log.text).not.toContain('topsecret');
    expect(test_.log.lines).toContainEqual(expect.objectContaining({ check: 'store', msg: 'readiness check failed' }));
  });

  test('a draining service is alive but not ready', async () => {
    drain.start();
    expect(await get('/healthz')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect(JSON.parse((await get('/readyz')).text)).toMatchObject({ status: 503, failing: ['draining'] });
  });
});

describe('metrics', () => {
  test('are told in the form of Prometheus', async () => {
    metrics.webhooks.inc({ channel: 'whatsapp', outcome: 'accepted' }, 3);
    metrics.commitSize.observe(7);
    const { status, type, text } = await get('/metrics');
    expect({ status, type }).toEqual({ status: 200, type: expect.stringContaining('version=0.0.4') });
    expect(text).toContain('parley_webhooks_total{channel="whatsapp",outcome="accepted"} 3');
    expect(text).toContain('parley_commit_batch_size_bucket{le="10"} 1');
  });

  test('requests are counted by the pattern of their route', async () => {
    await Promise.all([get('/v1/things/a'), get('/v1/things/b'), get('/nowhere/1'), get('/nowhere/2')]);
    const { text } = await get('/metrics');
    expect(text).toContain('parley_http_request_seconds_count{method="GET",route="/v1/things/:id",status="2xx"} 2');
    expect(text).toContain('parley_http_request_seconds_count{method="GET",route="none",status="4xx"} 2');
    expect(text).not.toMatch(/nowhere|things\/a/);
  });

  test('gauges are refreshed at each scrape; one that fails keeps its value', async () => {
    let depth = 4;
    metrics.beforeScrape(() => {
      if (depth === 0) throw new Error('store is down');
      metrics.outboxDepth.set({ kind: 'send', state: 'due' }, depth);
    });
    expect((await get('/metrics')).text).toContain('parley_outbox_jobs{kind="send",state="due"} 4');
    depth = 0;
    expect((await get('/metrics')).text).toContain('parley_outbox_jobs{kind="send",state="due"} 4');
  });

  test('every application has its own', async () => {
    const other = new Metrics({ processMetrics: true });
    const text = await other.scrape();
    expect(text).toContain('parley_process_cpu_seconds_total');
    expect(text).not.toContain('whatsapp');
  });
});
