/** The table: a figure, what it is to reach, and whether it does. */
import type { AcceptRound } from './accept.ts';
import { median, number, quantile, spread } from './measure.ts';
import type { SendRound } from './sends.ts';

export interface Row {
  what: string;
  figure: string;
  target?: string;
  reached?: boolean;
}

export function acceptRows(rounds: readonly AcceptRound[]): Row[] {
  const perSecond = (of: 'floor' | 'service') => rounds.map((r) => r[of].answered / (r[of].durationMs / 1_000));
  const [floor, service] = [perSecond('floor'), perSecond('service')];
  const ratios = service.map((value, i) => value / (floor[i] ?? NaN));
  const times = (of: 'floor' | 'service') =>
    `${number(median(rounds.map((r) => r[of].latencies.p50)), 1)} / ${number(median(rounds.map((r) => r[of].latencies.p99)), 1)} ms`;
  const inBurst = rounds.map((r) => (100 * r.deliveredInBurst) / r.service.answered);
  return [
    { what: '(a) floor: read + HMAC + compare', figure: `${spread(floor)} /s` },
    { what: '    its p50 / p99', figure: times('floor') },
    { what: '    webhooks accepted, on disk', figure: `${spread(service)} /s` },
    { what: '    their p50 / p99', figure: times('service') },
    { what: '    share of the floor', figure: spread(ratios, 2), target: '≥ 0.4', reached: median(ratios) >= 0.4 },
    { what: '    processor time per webhook', figure: cpuTime(rounds) },
    { what: '    until all are delivered', figure: `${spread(rounds.map((r) => r.sustained))} /s` },
    { what: '    delivered while the burst lasts', figure: `${spread(inBurst)} %` },
    { what: '    core used by the generator', figure: cpu(rounds) },
    {
      what: '    not answered 2xx',
      figure: number(rounds.reduce((sum, r) => sum + r.service.refused + r.floor.refused, 0)),
    },
  ];
}

function cpuTime(rounds: readonly AcceptRound[]): string {
  const [floor, service] = [median(rounds.map((r) => r.cpu.floor)), median(rounds.map((r) => r.cpu.service))];
  return `${number(floor)} µs floor, ${number(service)} µs service: ${number(floor / service, 2)}`;
}

function cpu(rounds: readonly AcceptRound[]): string {
  const used = (of: 'floor' | 'service') => number(100 * median(rounds.map((r) => r[of].cpu)));
  return `${used('floor')} % floor, ${used('service')} % service`;
}

export function latencyRows(times: readonly number[]): Row[] {
  const p50 = median(times);
  const figure = `p50 ${number(p50, 1)}, p99 ${number(quantile(times, 0.99), 1)} ms`;
  return [{ what: '(b) webhook to trigger, idle', figure, target: 'p50 ≤ 20 ms', reached: p50 <= 20 }];
}

export function sendRows(rounds: readonly SendRound[]): Row[] {
  const sent = rounds.map((round) => round.sentPerSecond);
  const p50 = median(rounds.map((round) => round.p50));
  const p99 = median(rounds.map((round) => round.p99));
  return [
    {
      what: '(c) sends taken by the provider',
      figure: `${spread(sent)} /s`,
      target: '≥ 500 /s',
      reached: median(sent) >= 500,
    },
    { what: '    admitted', figure: `${spread(rounds.map((round) => round.admittedPerSecond))} /s` },
    { what: '    admission p50 / p99', figure: `${number(p50, 1)} / ${number(p99, 1)} ms` },
  ];
}

export function memoryRows(before: number, after: number): Row[] {
  const target = '≤ 250 MB';
  return [
    { what: '(d) memory after start', figure: `${number(before)} MB`, target, reached: before <= 250 },
    { what: '    memory after the load of (a)', figure: `${number(after)} MB`, target, reached: after <= 250 },
  ];
}

export function startRows(times: readonly number[]): Row[] {
  const figure = `${spread(
    times.map((ms) => ms / 1_000),
    2,
  )} s`;
  return [{ what: '(d) start to /readyz 200', figure, target: '≤ 3 s', reached: median(times) <= 3_000 }];
}

/** As Markdown, so that it can go into the documentation as it is. */
export function table(rows: readonly Row[]): string {
  const head = ['', 'figure: median (least–most)', 'target', 'reached'];
  const body = rows.map((row) => [
    row.what,
    row.figure,
    row.target ?? '',
    row.reached === undefined ? '' : row.reached ? 'yes' : 'no',
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...body.map((cells) => cells[i]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
