import { opens } from './classes.ts';
import type { Needs } from './needs.ts';
import type { Release } from './own.ts';

export interface SectionOptions {
  name: string;
  release: Release;
  /** What the account was asked to be good for, one line each. */
  purpose: readonly string[];
  needs: Needs;
}

const WIDTH = 100;

/** Words as comment lines, the first after a heading. A semicolon within would end nothing: the whole line is comment. */
const comment = (heading: string, words: readonly string[]): string[] => {
  const lines = [`; ${heading}`];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`;   ${word}`);
  }
  return lines;
};

const listed = (names: readonly string[]): string[] =>
  names.map((name, index) => (index < names.length - 1 ? `${name},` : name));

/** Since 18.26 and 22.10 a filter can name an event; before, a pattern looks at the text of the whole event. */
const filters = (events: readonly string[], release: Release): string[] =>
  release === '22'
    ? events.map((name) => `eventfilter(action(include),name(${name})) =`)
    : [`eventfilter = ^Event: (${events.join('|')})[[:space:]]`];

/** A section of manager.conf for the gateway's account, with the reasons for what is in it. */
export const renderSection = ({ name, release, purpose, needs }: SectionOptions): string => {
  const { write, read, actions, events, queuesUnknown, absent } = needs;
  const reasons = write.flatMap((one) => {
    const others = write.filter((other) => other !== one);
    const only = actions.filter((action) => !opens(others, action)).map((action) => action.name);
    return comment(`write ${one}:`, listed(only));
  });
  return `${[
    `; AMI account of the gateway on Asterisk ${release}, made by \`ami-gateway least-privilege\` for:`,
    ...purpose.map((line) => comment(`  ${line}`, [])).flat(),
    '; What it lacks no token can do: ami-permission-denied. Then make it anew, and `manager reload`.',
    ...reasons,
    ...(absent.length > 0 ? comment(`not on Asterisk ${release}:`, listed(absent)) : []),
    ...(queuesUnknown
      ? comment('Queue and agent of a call are not told;', ['--events queue.caller-joined,agent.connected adds them.'])
      : []),
    ...(events && release === '22'
      ? ['; Filters of this form need 18.26 or 22.10; --release 16 writes those that every Asterisk knows.']
      : []),
    `[${name}]`,
    '; secret = <what this prints: openssl rand -base64 24>',
    'deny = 0.0.0.0/0.0.0.0',
    'deny = ::/0',
    'permit = 127.0.0.1/255.255.255.255',
    'displayconnects = no',
    'allowmultiplelogin = yes',
    `read = ${read.join(',')}`,
    `write = ${write.join(',')}`,
    ...(events ? filters(events, release) : []),
  ].join('\n')}\n`;
};
