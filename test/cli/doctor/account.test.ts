import { expect, it } from 'vitest';
import { declarations } from '../../../src/ami/actions/registry.ts';
import type { AmiClass } from '../../../src/ami/types.ts';
import { accountFindings, clockFinding, releaseFinding } from '../../../src/cli/doctor/account.ts';
import { inferClasses, missingFeatures } from '../../../src/cli/doctor/classes.ts';

/** What ListCommands shows an account with these classes where every module is loaded. */
const listedFor = (...classes: AmiClass[]): Set<string> =>
  new Set(
    declarations
      .filter((action) => action.classes.length === 0 || action.classes.some((one) => classes.includes(one)))
      .map(({ name }) => name),
  );

it.each<[AmiClass[]]>([[[]], [['call']], [['originate']], [['system', 'command']], [['reporting', 'agent']], [['config', 'user', 'call']]])(
  'knows the classes %j from the actions shown',
  (classes) => {
    const { has, lacks } = inferClasses(listedFor(...classes));
    expect([...has].sort()).toEqual(classes.toSorted());
    for (const one of classes) expect(lacks).not.toContain(one);
    for (const one of ['system', 'call', 'command', 'config', 'originate', 'user'] as const)
      expect(lacks.has(one)).toBe(!classes.includes(one));
  },
); // prettier-ignore

it('does not take a module that is not loaded for a class that is lacking', () => {
  const listed = listedFor('system', 'call', 'config', 'agent', 'reporting');
  for (const name of ['ConfbridgeList', 'ConfbridgeListRooms', 'FAXStats', 'MeetmeList', 'MeetmeListRooms']) listed.delete(name); // prettier-ignore
  const inferred = inferClasses(listed);
  expect([inferred.has.has('reporting'), inferred.lacks.has('reporting')]).toEqual([false, false]);
  expect(accountFindings('AMI_URL', { actions: listed })[0]?.advice).toMatch(/; reporting,.* cannot be told/);
});

it('misses modules whose actions the account would be shown', () => {
  const listed = listedFor('call');
  for (const name of ['QueueStatus', 'ParkedCalls']) listed.delete(name);
  const missing = missingFeatures(listed, inferClasses(listed));
  expect(missing.map(({ module }) => module)).toEqual(['app_queue', 'res_parking']);
});

it('tells what the gateway cannot do without, and what it had better do without', () => {
  const levels = (...classes: AmiClass[]) =>
    accountFindings('AMI_URL', { actions: listedFor(...classes) }).map(({ level }) => level);
  expect(levels('call', 'originate')).toEqual(['ok']);
  expect(levels('originate')).toEqual(['ok', 'error']);
  expect(levels('call', 'originate', 'command', 'config')).toEqual(['ok', 'notice', 'notice']);
  expect(levels('call')).toEqual(['ok', 'notice']);
});

it.each([
  ['22.10.1', 'ok'],
  ['22.10.1~dfsg+~cs6.16-1', 'ok'],
  ['16.28.0~dfsg-0+deb11u4', 'warning'],
  ['certified/18.9-cert5', 'warning'],
  ['13.38.3', 'warning'],
  ['GIT-master-a1b2c3', 'notice'],
  [null, 'notice'],
])('Asterisk %s is %s', (release, level) => {
  expect(releaseFinding('AMI_URL', release).level).toBe(level);
});

it('measures the clock against when the answer can have been made', () => {
  const level = (asterisk: number, slack = 0) => clockFinding('AMI_URL', 1_000_000, asterisk, slack).level;
  expect([level(1_001_900), level(998_100), level(1_004_000, 2_500)]).toEqual(['ok', 'ok', 'ok']);
  expect([level(1_002_100), level(900_000), level(NaN)]).toEqual(['warning', 'warning', 'notice']);
  expect(clockFinding('AMI_URL', 0, 61_000, 0).what).toContain('61.0 s ahead');
});
