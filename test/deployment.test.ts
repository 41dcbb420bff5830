/** Dockerfile, compose.yaml and the systemd unit keep up with the code: what they name exists, and what they promise is in them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CONFIG_KEYS, loadConfig } from '../service/src/config/config.ts';
import { closeApps, startApp } from './support/app.ts';
import { Metrics } from '../service/src/platform/metrics.ts';
import { DRAIN_MS } from '../service/src/service.ts';
import { PACKAGE_DIR } from './support/paths.ts';

const read = (path: string): string => readFileSync(join(PACKAGE_DIR, path), 'utf8');
const json = <T>(path: string): T => JSON.parse(read(path)) as T;

interface Manifest {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}
const manifest = json<Manifest>('package.json');
/** What `npm start` runs, from the root. */
/** How the service is started, after its build. */
const COMMAND = (/(node .+\.js)$/.exec(manifest.scripts['start'] ?? '')?.[1] ?? '').split(' ');
const MAIN = COMMAND.at(-1) ?? '';

const FILES = ['Dockerfile', 'compose.yaml', '.env.example', 'deploy/parley.service'];

test.each(FILES)('%s sets nothing that the configuration does not know', (path) => {
  const named = read(path).match(/PARLEY_[A-Z_]*[A-Z]/g) ?? [];
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !CONFIG_KEYS.includes(name))).toEqual([]);
});

test('what is started is what npm start starts, and is there once it is built', () => {
  expect(existsSync(join(PACKAGE_DIR, MAIN))).toBe(true);
});

describe('Dockerfile', () => {
  /** Instructions with their continuation lines put together. */
  const lines = read('Dockerfile')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  const stages = new Map<string, string[]>();
  for (const line of lines) {
    const name = /^FROM .* AS (\S+)$/.exec(line)?.[1];
    if (name !== undefined) stages.set(name, []);
    else [...stages.values()].at(-1)?.push(line);
  }
  const stage = (name: string): string[] => stages.get(name) ?? [];
  const of = (name: string, instruction: string): string[] =>
    stage(name).flatMap((line) => (line.startsWith(`${instruction} `) ? [line.slice(instruction.length + 1)] : []));
  const argument = (name: string) => new RegExp(`^ARG ${name}=(.+)$`, 'm').exec(read('Dockerfile'))?.[1];

  test('builds the service last, so that it is what is built when nothing is said', () => {
    expect([...stages.keys()].at(-1)).toBe('service');
  });

  test('runs the Node.js and the n8n that the tests run', () => {
    expect(argument('NODE_VERSION')).toBe(/\d+/.exec(manifest.devDependencies['node'] ?? '')?.[0]);
    expect(argument('N8N_VERSION')).toBe(json<Manifest>('test/e2e/n8n/package.json').dependencies['n8n']);
  });

  test('copies what exists and what the builder is given', () => {
    const given = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    for (const path of given) expect([path, existsSync(join(PACKAGE_DIR, path))]).toEqual([path, true]);
    const copied = [...stages.keys()].flatMap((name) => of(name, 'COPY')).filter((copy) => !copy.startsWith('--from'));
    const sources = copied.flatMap((copy) => copy.split(' ').slice(0, -1));
    expect(sources.length).toBeGreaterThan(5);
    const missing = sources.filter((path) => !given.some((one) => one === path || one.startsWith(`${path}/`)));
    expect(missing).toEqual([]);
  });

  test('takes only from stages that come before', () => {
    const before: string[] = [];
    for (const [name, its] of stages) {
      const froms = its.flatMap((line) => /^COPY --from=(\S+)/.exec(line)?.[1] ?? []);
      expect(froms.filter((from) => !before.includes(from))).toEqual([]);
      before.push(name);
    }
  });

  test('runs the service as its first process, under another user than root, without what only builds need', () => {
    expect(of('service', 'CMD').map((command) => JSON.parse(command) as unknown)).toEqual([COMMAND]);
    expect(of('service', 'ENTRYPOINT')).toEqual([]);
    expect(of('service', 'USER')).toEqual(['node']);
    expect(stage('service').indexOf('USER node')).toBeGreaterThan(
      stage('service').findLastIndex((l) => /^RUN/.test(l)),
    );
    expect(of('dependencies', 'RUN').join()).toContain(
      'npm ci --ignore-scripts --omit=dev --workspace=@parley/service',
    );
    expect(of('service', 'COPY').filter((copy) => copy.includes('node_modules'))).toEqual([
      '--from=dependencies /build/node_modules node_modules',
      '--from=dependencies /build/service/node_modules service/node_modules',
    ]);
  });

  test('keeps its data in a volume of that user, listens to others, and asks for its own health', () => {
    const [environment = ''] = of('service', 'ENV');
    const env = Object.fromEntries(environment.split(' ').map((pair) => pair.split('=') as [string, string]));
    const { NODE_ENV, ...its } = env;
    expect(NODE_ENV).toBe('production');
    expect(loadConfig(its)).toMatchObject({ host: '0.0.0.0', port: 3000, dataDir: '/data' });
    expect(of('service', 'VOLUME')).toEqual(['/data']);
    expect(of('service', 'EXPOSE')).toEqual(['3000']);
    expect(of('service', 'RUN')).toEqual(['install -d -o node -g node -m 0700 /data']);
    expect(of('service', 'HEALTHCHECK').join()).toMatch(/CMD \["node", "-e", ".*\/healthz`/);
  });
});

interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, null>;
}
interface Service {
  image?: string;
  build?: { context: string; target: string };
  command?: string[];
  environment?: Record<string, string | number>;
  ports?: string[];
  volumes?: string[];
  networks: string[] | Record<string, unknown>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
  security_opt: string[];
  read_only?: boolean;
}

describe('compose.yaml', () => {
  const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
  const services = Object.entries(compose.services);
  const variables = new Set([...read('compose.yaml').matchAll(/\$\{([^}]*)\}/g)].map(([, inner = '']) => inner));
  const example = read('.env.example').match(/^[A-Z0-9_]+=.*$/gm) ?? [];
  const networksOf = ({ networks }: Service) => (Array.isArray(networks) ? networks : Object.keys(networks));

  /** The environment of a service, as Docker would fill it in. */
  function filled(service: string): Record<string, string> {
    const env = Object.entries(compose.services[service]?.environment ?? {});
    const value = (text: string) =>
      text.replace(/\$\{([A-Z0-9_]+):\?\}/g, (_, name: string) => (name.endsWith('DOMAIN') ? 'x.example.com' : SECRET));
    return Object.fromEntries(env.map(([name, text]) => [name, value(String(text))]));
  }
  const SECRET = 'ab'.repeat(32);

  test('has no secret and no default in it: each variable must be given, and .env.example names them all without a value', () => {
    expect([...variables].filter((variable) => !variable.endsWith(':?'))).toEqual([]);
    const names = [...variables].map((variable) => variable.slice(0, -2)).sort();
    expect(example.map((line) => line.slice(0, -1)).sort()).toEqual(names);
    expect(example.filter((line) => !line.endsWith('='))).toEqual([]);
  });

  test('the file with the secrets gets into neither git nor an image', () => {
    expect(execFileSync('git', ['check-ignore', '.env'], { cwd: PACKAGE_DIR, encoding: 'utf8' }).trim()).toBe('.env');
    expect(read('.dockerignore')).toMatch(/^\*$/m);
    expect(read('.dockerignore')).not.toMatch(/^!.*\.env/m);
  });

  test('what it makes of the variables is a configuration of many processes', () => {
    expect(loadConfig(filled('parley'))).toMatchObject({
      role: 'all',
      publicUrl: 'https://x.example.com',
      databaseUrl: `postgres://parley:${SECRET}@postgres:5432/parley`,
      redisUrl: `redis://:${SECRET}@redis:6379`,
      apiKeys: [SECRET],
      encryptionKeys: [expect.anything()],
    });
  });

  test('only the proxy is reached from outside; the database and Redis have no way out', () => {
    expect(services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['proxy']);
    expect(compose.networks['data']).toEqual({ internal: true });
    const inside = services.filter(([, service]) => networksOf(service).includes('data'));
    expect(inside.map(([name]) => name)).toEqual(['parley', 'postgres', 'redis']);
    for (const name of ['postgres', 'redis']) expect(compose.services[name]?.networks).toEqual(['data']);
    const [, webhooks = '', n8n = ''] = read('deploy/Caddyfile').split(/^\{\$\w+\} \{$/m);
    expect(webhooks).toMatch(/handle \/webhooks\/\* \{[\s\S]*name parley\s+port 3000[\s\S]*handle \{\s*respond 404/);
    expect(n8n).not.toContain('parley');
  });

  test('Redis keeps what it is told, on disk and when memory is short', () => {
    expect(compose.services['redis']?.command?.join(' ')).toMatch(/--appendonly yes --maxmemory-policy noeviction/);
  });

  test('who needs another waits until it is well', () => {
    for (const [, { depends_on = {} }] of services) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect([name, condition]).toEqual([name, 'service_healthy']);
        expect(compose.services[name]?.healthcheck?.test[0]).toBe('CMD');
      }
    }
    expect(Object.keys(compose.services['parley']?.depends_on ?? {})).toEqual(['postgres', 'redis']);
    expect(compose.services['parley']?.healthcheck?.test.join(' ')).toContain(':3000/readyz');
  });

  test('builds targets that there are, names volumes that there are, and pins every other image', () => {
    for (const [name, { build, image, volumes = [] }] of services) {
      if (build) expect(read('Dockerfile')).toMatch(new RegExp(`^FROM \\S+ AS ${build.target}$`, 'm'));
      else expect([name, image]).toEqual([name, expect.stringMatching(/^[a-z]+:\d/)]);
      const sources = volumes.map((volume) => volume.split(':')[0] ?? '');
      const known = (source: string) =>
        source.startsWith('./') ? existsSync(join(PACKAGE_DIR, source)) : source in compose.volumes;
      expect(sources.filter((source) => !known(source))).toEqual([]);
    }
  });

  test('leaves the service the time it takes to end, and nothing it does not need', () => {
    const { stop_grace_period: grace = '', read_only: readOnly } = compose.services['parley'] ?? ({} as Service);
    expect(Number.parseInt(grace, 10) * 1_000).toBeGreaterThan(DRAIN_MS);
    expect(readOnly).toBe(true);
    for (const [, { security_opt: options }] of services) expect(options).toEqual(['no-new-privileges:true']);
  });
});

test('the entrypoint of n8n puts the package where n8n looks for it, and then starts n8n', () => {
  const script = read('deploy/n8n-entrypoint.sh');
  execFileSync('sh', ['-n'], { input: script });
  expect(script).toMatch(/\/\.n8n\/nodes\/node_modules"$/m);
  expect(script.trimEnd().split('\n').at(-1)).toBe('exec /docker-entrypoint.sh "$@"');
  const inImage = /cp -R (\S+)/.exec(script)?.[1] ?? '?';
  expect(read('Dockerfile')).toContain(`COPY --from=build /build/packed/package ${inImage}\n`);
});

describe('the systemd unit', () => {
  const unit = read('deploy/parley.service');
  const values = (name: string) => [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value);

  test('starts the service under another user than root, and leaves it the time it takes to end', () => {
    expect(values('ExecStart')).toEqual([`/usr/bin/${COMMAND.join(' ')}`]);
    expect(values('User')).toEqual(['parley']);
    expect(Number(values('TimeoutStopSec')[0]) * 1_000).toBeGreaterThan(DRAIN_MS);
  });

  test('has its data where it may write', () => {
    expect(values('Environment').join()).toContain(`PARLEY_DATA_DIR=/var/lib/${values('StateDirectory')[0]}`);
    expect(values('ProtectSystem')).toEqual(['strict']);
    expect(values('StateDirectoryMode')).toEqual(['0700']);
  });

  test('holds no secret', () => {
    expect(unit).not.toMatch(/KEY=|PASSWORD|:\/\/[^ ]*@/);
    expect(values('EnvironmentFile')).toEqual(['/etc/parley/environment']);
  });
});

describe('the alerts', () => {
  interface Rule {
    alert: string;
    expr: string;
  }
  const { groups } = parse(read('deploy/alerts.yml')) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  const manual = read('docs/operations.md');

  test('are those of the manual', () => {
    const explained = [...manual.matchAll(/^\| `(Parley\w+)`/gm)].map(([, name]) => name);
    expect(explained).toEqual(rules.map(({ alert }) => alert));
  });

  test('look at metrics that there are, by labels that they have', async () => {
    const metrics = new Metrics({ processMetrics: true });
    const known = new Map(
      metrics.registry
        .getMetricsAsArray()
        .map((one) => [one.name, (one as unknown as { labelNames: string[] }).labelNames]),
    );
    // Features bring gauges of their own, which have a value for each label.
    const app = await startApp({ registered: false, env: { PARLEY_KEEP_FILES: '7d' } });
    const text = await (await fetch(`${app.url}/metrics`)).text();
    await closeApps();
    for (const [, name = '', label = ''] of text.matchAll(/^(parley_\w+)\{(\w+)="[^"]*"\} /gm)) {
      if (!known.has(name)) known.set(name, [label]);
    }
    const used = [...rules.map(({ expr }) => expr), manual].join('\n').matchAll(/\b(parley_\w+)(?:\{([^}]*)\})?/g);
    for (const [, name = '', labels = ''] of used) {
      const metric = [name, name.replace(/_(bucket|count|sum)$/, '')].find((one) => known.has(one));
      expect([name, metric]).toEqual([name, expect.any(String)]);
      const given = [...labels.matchAll(/(\w+)=/g)].map(([, label]) => label);
      expect([name, given.filter((label) => !known.get(metric ?? '')?.includes(label ?? ''))]).toEqual([name, []]);
    }
    metrics.registry.clear();
  });
});
