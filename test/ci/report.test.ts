import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

type Outcome = [fullName: string, status: 'passed' | 'failed', ...failures: string[]];

const report = (outcomes: Outcome[] | null, failedSteps = 0) => {
  const file = join(mkdtempSync(join(tmpdir(), 'report-')), 'report.json');
  const count = (status: string) => outcomes?.filter(([, each]) => each === status).length ?? 0;
  const assertionResults = outcomes?.map(([fullName, status, ...failureMessages]) => ({ fullName, status, failureMessages })); // prettier-ignore
  if (outcomes)
    writeFileSync(
      file,
      JSON.stringify({
        numPassedTests: count('passed'),
        numFailedTests: count('failed'),
        testResults: [{ name: `${process.cwd()}/test/x.test.ts`, assertionResults }],
      }),
    );
  const { stdout, status } = spawnSync(process.execPath, ['.ci/report.mjs', file, String(failedSteps)], { encoding: 'utf8' }); // prettier-ignore
  const lines = stdout.trimEnd().split('\n');
  return { lines, last: lines.at(-1), status };
};

const good: Outcome = ['adds', 'passed'];
const raced = (n: number): Outcome => [`calls on Asterisk 16 race ${n}`, 'passed', `Error: came ${n} too late`];

it('ends with the figures, and passes where nothing failed', () => {
  expect(report([good, good])).toEqual({ lines: ['2 passed, 0 failed'], last: '2 passed, 0 failed', status: 0 });
});

it('names what failed, and why', () => {
  const { lines, status } = report([good, ['calls on Asterisk 22 end', 'failed', 'Error: no end\n    at x', 'again']]);
  expect(lines).toEqual(['FAILED TEST: test/x.test.ts calls on Asterisk 22 end', '    Error: no end', '        at x', '1 passed, 1 failed']); // prettier-ignore
  expect(status).toBe(1);
});

it('lets three tests on a real Asterisk pass at the second try, and says so', () => {
  const three = report([good, raced(1), raced(2), raced(3)]);
  expect(three.lines.slice(0, 2)).toEqual(['PASSED AT THE SECOND TRY: test/x.test.ts calls on Asterisk 16 race 1', '    Error: came 1 too late']); // prettier-ignore
  expect([three.last, three.status]).toEqual(['4 passed, 0 failed', 0]);
  const four = report([good, raced(1), raced(2), raced(3), raced(4)]);
  expect(four.lines).toContain('FAILED TEST, AT FIRST: test/x.test.ts calls on Asterisk 16 race 4');
  expect([four.last, four.status]).toEqual(['4 passed, 1 failed', 1]);
});

it('lets no other test pass at the second try', () => {
  expect(report([good, ['calls on simulator 16 race', 'passed', 'Error: x']])).toMatchObject({ last: '1 passed, 1 failed', status: 1 }); // prettier-ignore
});

it.each([
  ['a step failed beside the tests', [good], 1, '1 passed, 1 failed'],
  ['nothing was run', [], 0, '0 passed, 0 failed'],
  ['no report was written', null, 1, '0 passed, 1 failed'],
])('fails where %s', (_case, outcomes, failedSteps, last) => {
  expect(report(outcomes, failedSteps)).toMatchObject({ last, status: 1 });
});
