/** Privilege classes that can be named in manager.conf, with their bits as `EventMask` takes them. */
const BITS = {
  system: 1,
  call: 2,
  log: 4,
  verbose: 8,
  command: 16,
  agent: 32,
  user: 64,
  config: 128,
  dtmf: 256,
  reporting: 512,
  cdr: 1024,
  dialplan: 2048,
  originate: 4096,
  agi: 8192,
  cc: 32768,
  aoc: 65536,
  test: 131072,
  security: 262144,
  message: 1073741824,
} as const;

/** Asterisk's truth values. */
export const isTrue = (text: string) => /^(yes|true|y|t|1|on)$/i.test(text);

const ALL = Object.keys(BITS);

/** `read=` and `write=` of manager.conf: names apart by commas, unknown ones ignored. */
export const parseClasses = (text: string): ReadonlySet<string> => {
  const names = text.split(',').map((name) => name.trim());
  return new Set(names.includes('all') ? ALL : names.filter((name) => name in BITS));
};

/** An event mask as Login and Events take it. Null where Asterisk calls it invalid (the empty one). */
export const parseMask = (text: string): ReadonlySet<string> | null => {
  if (text === '') return null;
  if (/^\d+$/.test(text) && text !== '0') {
    const mask = Number(text);
    if ((mask | 0) === -1) return null;
    return new Set(ALL.filter((name) => mask & BITS[name as keyof typeof BITS]));
  }
  const names = text.split(',');
  if (isTrue(text) || names.includes('all')) return new Set(ALL);
  return new Set(names.filter((name) => name in BITS));
};
