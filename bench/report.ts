/** The table: a figure, what it is to reach, and whether it does. */
import type { AcceptRound } from './accept.ts';
import type { ChannelCost } from './channels.ts';
import { median, number, quantile, spread } from './measure.ts';
import type { LoadResult } from './load.ts';
import type { SendRound } from './sends.ts';
import type { SoakResult } from './soak.ts';

export interface Row {
  what: string;
  figure: string;
  target?: string;
  reached?: boolean;
}

/** Webhooks accepted per second. */
export const accepted = ({ service }: AcceptRound): number => perSecond(service);

const perSecond = ({ answered, durationMs }: LoadResult) => answered / (durationMs / 1_000);
const share = (round: AcceptRound) => accepted(round) / perSecond(round.baseline);
const sustained = (rounds: readonly AcceptRound[]) => `${spread(rounds.map((round) => round.sustained))} /s`;

export function acceptRows(rounds: readonly AcceptRound[]): Row[] {
  const shares = rounds.map(share);
  const inBurst = rounds.map((r) => (100 * r.deliveredInBurst) / r.service.answered);
  const refused = rounds.reduce((sum, r) => sum + r.service.refused + r.baseline.refused, 0);
  return [
    { what: '(a) baseline: read + HMAC + compare', figure: `${spread(rounds.map((r) => perSecond(r.baseline)))} /s` },
    { what: '    its p50 / p99', figure: times(rounds.map((r) => r.baseline)) },
    { what: '    webhooks accepted, on disk', figure: `${spread(rounds.map(accepted))} /s` },
    { what: '    their p50 / p99', figure: times(rounds.map((r) => r.service)) },
    { what: '    share of the baseline', figure: spread(shares, 2), target: '≥ 0.5', reached: median(shares) >= 0.5 },
    { what: '    processor time per webhook', figure: cpuTime(rounds) },
    { what: '    until all are delivered', figure: sustained(rounds) },
    { what: '    delivered while the burst lasts', figure: `${spread(inBurst)} %` },
    { what: '    core used by the generator', figure: cpu(rounds) },
    { what: '    not answered 2xx', figure: number(refused) },
  ];
}

/** Undefined: there is no sample. */
export function channelRow(name: string, cost: ChannelCost | undefined): Row {
  if (cost === undefined) return { what: `(h) ${name}`, figure: 'no sample' };
  const both = (own: number[], baseline: number[]) => `${spread(own, 1)}, baseline ${number(median(baseline), 1)}`;
  const figure = `read ${both(cost.read, cost.readBaseline)}; sent ${both(cost.written, cost.writtenBaseline)} µs`;
  return { what: `(h) ${name}`, figure };
}

function times(results: readonly LoadResult[]): string {
  const [p50, p99] = [results.map((one) => one.latencies.p50), results.map((one) => one.latencies.p99)];
  return `${number(median(p50), 1)} / ${number(median(p99), 1)} ms`;
}

export function ackRow(rate: number, { latencies: { p50, p99, max } }: LoadResult): Row {
  const figure = `p50 ${number(p50, 1)}, p99 ${number(p99, 1)}, most ${number(max)} ms`;
  return { what: `(e) answers at ${number(rate)} /s`, figure, target: 'p99 < 250 ms', reached: p99 < 250 };
}

export function deliveryRow(name: string, rounds: readonly AcceptRound[]): Row {
  return { what: `(f) events delivered, ${name}`, figure: sustained(rounds) };
}

export interface Filled {
  messages: number;
  bytes: number;
  empty: readonly AcceptRound[];
  full: readonly AcceptRound[];
  times: readonly number[];
  sends: readonly SendRound[];
}

export function filledRows({ messages, bytes, empty, full, times: latencies, sends }: Filled): Row[] {
  const ratios = (of: (round: AcceptRound) => number) => full.map((round, i) => of(round) / of(empty[i] ?? round));
  const kept = ratios(accepted);
  const sent = sends.map((round) => round.sentPerSecond);
  return [
    {
      what: `(g) with ${number(messages / 1e6, messages < 1e6 ? 1 : 0)} million messages, ${number(bytes / 2 ** 30, 1)} GiB`,
      figure: `${spread(full.map(accepted))} /s`,
    },
    {
      what: '    share of the rate when empty',
      figure: spread(kept, 2),
      target: '≥ 0.9',
      reached: median(kept) >= 0.9,
    },
    { what: '    share of the baseline', figure: spread(full.map(share), 2) },
    { what: '    until all are delivered', figure: sustained(full) },
    {
      what: '    of that when empty',
      figure: spread(
        ratios((round) => round.sustained),
        2,
      ),
    },
    { what: '    webhook to trigger, idle', figure: latencyFigure(latencies) },
    { what: '    sends taken by the provider', figure: `${spread(sent)} /s` },
  ];
}

export function sharedRows(name: string, rounds: readonly AcceptRound[]): Row[] {
  return [
    { what: `(p) ${name}`, figure: `${spread(rounds.map(accepted))} /s` },
    { what: '    their p50 / p99', figure: times(rounds.map((r) => r.service)) },
    { what: '    share of the baseline', figure: spread(rounds.map(share), 2) },
    { what: '    processor time per webhook', figure: cpuTime(rounds) },
    { what: '    until all are delivered', figure: sustained(rounds) },
  ];
}

export function soakRows(rate: number, { load, minutes, most }: SoakResult): Row[] {
  const [first = NaN, last = NaN] = [minutes[1] ?? minutes[0], minutes.at(-1)];
  const flat = last <= first * 1.1;
  return [
    {
      what: `(s) memory, ${minutes.length} minutes of ${number(rate)} /s`,
      figure: `second minute ${number(first)}, last ${number(last)}, most ${number(most)} MB`,
      target: 'flat',
      reached: flat,
    },
    { what: '    answers p50 / p99', figure: times([load]) },
    { what: '    not answered 2xx', figure: number(load.refused) },
  ];
}

function cpuTime(rounds: readonly AcceptRound[]): string {
  const [baseline, service] = [median(rounds.map((r) => r.cpu.baseline)), median(rounds.map((r) => r.cpu.service))];
  return `${number(baseline)} µs baseline, ${number(service)} µs service: ${number(baseline / service, 2)}`;
}

function cpu(rounds: readonly AcceptRound[]): string {
  const used = (of: 'baseline' | 'service') => number(100 * median(rounds.map((r) => r[of].cpu)));
  return `${used('baseline')} % baseline, ${used('service')} % service`;
}

function latencyFigure(times: readonly number[]): string {
  return `p50 ${number(median(times), 1)}, p99 ${number(quantile(times, 0.99), 1)} ms`;
}

export function latencyRows(times: readonly number[]): Row[] {
  const p50 = median(times);
  const figure = latencyFigure(times);
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
      target: '≥ 1,000 /s',
      reached: median(sent) >= 1_000,
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
