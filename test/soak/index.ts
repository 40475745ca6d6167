import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ends } from './ends.ts';
import { soak } from './soak.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'cruelty' },
    minutes: { type: 'string', default: '10' },
    calls: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
    release: { type: 'string', default: '22' },
  },
});
if (!['cruelty', 'ends'].includes(values.scenario) || !['16', '22'].includes(values.release)) {
  console.error('Usage: npm run soak -- [--minutes N | --scenario ends --calls N] [--seed N] [--release 16|22]');
  process.exit(2);
}
const options = {
  seed: Number(values.seed),
  release: values.release === '16' ? 16 : 22,
  say: (line: string) => void process.stdout.write(`${line}\n`),
} as const;
const { text, violations } =
  values.scenario === 'ends'
    ? await ends({ ...options, calls: Number(values.calls), killEvery: 8 })
    : await soak({ ...options, minutes: Number(values.minutes) });
options.say(text);
process.exitCode = violations.length > 0 ? 1 : 0;
