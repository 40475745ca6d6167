import type { EventRow } from './events.ts';
import { CLIENTS, type Row } from './http.ts';

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const whole = (value: number) => Math.round(value).toLocaleString('en');
const times = (value: number) => `${value.toFixed(2)} ×`;

/** A Markdown table, first column to the left and all others to the right. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
};

const rowOf = (rows: readonly Row[], name: string): Row => rows.find((row) => row.name.startsWith(name))!;
const ratesOf = ({ rounds }: Row, clients: number) => rounds.get(clients)!.map(({ perSecond }) => perSecond);

/** Median of the rounds' own ratios: a slow moment of the machine then weighs on both sides. */
const ratio = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.map((value, round) => value / theirs[round]!));

export const requestTable = (rows: readonly Row[]): string => {
  const ours = rowOf(rows, 'this gateway');
  return table(
    ['Getvar of a global variable', ...CLIENTS.map((n) => `${n}: requests/s`), ...CLIENTS.map((n) => `${n}: p50, p99 ms`), 'ours to it, at 32'],
    rows.map((row) => [
      row.name,
      ...CLIENTS.map((clients) => whole(row.cells.get(clients)!.perSecond)),
      ...CLIENTS.map((clients) => `${row.cells.get(clients)!.p50.toFixed(2)}, ${row.cells.get(clients)!.p99.toFixed(2)}`),
      times(ratio(ratesOf(ours, 32), ratesOf(row, 32))),
    ]),
  ); // prettier-ignore
};

const bestPeer = (rows: readonly EventRow[]): EventRow =>
  rows.filter(({ kind }) => kind === 'peer').reduce((best, row) => (row.perSecond > best.perSecond ? row : best));

export const eventTable = (rows: readonly EventRow[]): string =>
  table(
    ['decoding events', 'events/s', 'it to the best npm client'],
    rows.map((row) => [row.name, whole(row.perSecond), times(ratio(row.rounds, bestPeer(rows).rounds))]),
  );

export interface Promised {
  text: string;
  kept: boolean;
}

export const requestPromises = (rows: readonly Row[]): Promised[] => {
  const ours = rowOf(rows, 'this gateway');
  const rawman = rowOf(rows, 'AMI over HTTP');
  const toRawman = ratio(ratesOf(ours, 32), ratesOf(rawman, 32));
  const toBare = ratio(ratesOf(ours, 32), ratesOf(rowOf(rows, 'bare Fastify'), 32));
  const [p99, rawmanP99] = [ours.cells.get(32)!.p99, rawman.cells.get(32)!.p99];
  return [
    { text: `32 clients: at least 1.5 × AMI over HTTP: ${times(toRawman)}`, kept: toRawman >= 1.5 },
    { text: `32 clients: at least 0.4 × a bare Fastify route: ${times(toBare)}`, kept: toBare >= 0.4 },
    {
      text: `32 clients: p99 no worse than AMI over HTTP: ${p99.toFixed(2)} to ${rawmanP99.toFixed(2)} ms`,
      kept: p99 <= rawmanP99,
    },
  ];
};

export const eventPromises = (rows: readonly EventRow[]): Promised[] => {
  const decoder = rows.find(({ kind }) => kind === 'decoder')!.perSecond;
  const client = rows.find(({ kind }) => kind === 'client')!;
  const toPeer = ratio(client.rounds, bestPeer(rows).rounds);
  return [
    { text: `decoder: at least 500,000 events/s: ${whole(decoder)}`, kept: decoder >= 500_000 },
    { text: `connection: at least 3 × the best npm client: ${times(toPeer)}`, kept: toPeer >= 3 },
  ];
};
