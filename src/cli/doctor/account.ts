import { AMI_CLASSES, type AmiClass, type Capabilities } from '../../ami/types.ts';
import { inferClasses, missingFeatures } from './classes.ts';
import { error, type Finding, notice, ok, warning } from './finding.ts';

/** Connections the gateway logs in with: its pool, one for slow actions, two for events. */
export const loginsOf = (poolSize: number): number => poolSize + 3;

/** No longer mended, not even where security asks for it. */
const LAST_ENDED = 19;
/** The oldest that was tested. */
const OLDEST = 16;

export const releaseFinding = (variable: string, release: string | null): Finding => {
  if (release === null)
    return notice(
      `${variable}: the release of Asterisk is not shown to the account`,
      'add reporting to write= to see it',
    );
  const [, digits = ''] = /(\d+)\./.exec(release) ?? [];
  const major = Number(digits);
  // Builds from git and certified ones are not named by a plain number.
  if (digits === '')
    return notice(`${variable}: Asterisk ${release}`, 'a release that cannot be told; 16 and 22 are tested');
  if (major < OLDEST)
    return warning(
      `${variable}: Asterisk ${release} is older than anything the gateway was tested with`,
      'bring it to 22',
    );
  if (major <= LAST_ENDED)
    return warning(
      `${variable}: Asterisk ${release} is at the end of its life: nobody mends it any more`,
      'bring it to 22',
    );
  return ok(variable, `Asterisk ${release}`);
};

const MAX_SKEW_MS = 2_000;

/** `at` and `asterisk` in milliseconds since the epoch; `slack` is how long the answer took. */
export const clockFinding = (variable: string, at: number, asterisk: number, slack: number): Finding => {
  if (!Number.isFinite(asterisk)) return notice(`${variable}: Asterisk does not tell its time`, 'nothing');
  const skew = asterisk - at;
  const seconds = (Math.abs(skew) / 1_000).toFixed(1);
  if (Math.abs(skew) <= MAX_SKEW_MS + slack) return ok(variable, 'its clock and the one here agree');
  return warning(
    `${variable}: the clock of Asterisk is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} the one here`,
    'run NTP on both: times of calls would not fit its CDR',
  );
};

/** Classes that no action wants: of them only events come, and nothing can be asked. */
const EVENTS_ONLY = new Set<AmiClass>(['log', 'verbose', 'dtmf', 'cdr', 'dialplan', 'cc', 'test', 'security']);

const lists = (classes: Iterable<AmiClass>): string => [...classes].join(',') || 'none';

/** What ListCommands tells of the account and of the modules. Pure. */
export const accountFindings = (variable: string, { actions }: Pick<Capabilities, 'actions'>): Finding[] => {
  const inferred = inferClasses(actions);
  const { has, lacks } = inferred;
  const write = AMI_CLASSES.filter((one) => !EVENTS_ONLY.has(one));
  const unknown = write.filter((one) => !has.has(one) && !lacks.has(one));
  const findings = [
    ok(
      variable,
      `its account has write=${lists(write.filter((one) => has.has(one)))}, lacks ${lists(write.filter((one) => lacks.has(one)))}` +
        (unknown.length > 0 ? `; ${lists(unknown)} cannot be told from what it may do` : ''),
    ),
  ];
  if (!actions.has('Status'))
    findings.push(
      error(
        `${variable}: the account may not ask for channels (Status)`,
        'add call to write=: calls cannot be followed across a lost connection',
      ),
    );
  if (lacks.has('originate'))
    findings.push(
      notice(`${variable}: the account may not place calls`, 'add originate to write= if calls are to be placed'),
    );
  if (has.has('command'))
    findings.push(
      notice(
        `${variable}: the account has class command, which is root in all but name`,
        'take it out of write= unless POST /commands is used',
      ),
    );
  if (has.has('config'))
    findings.push(
      notice(
        `${variable}: the account has class config and can change the files of Asterisk`,
        'take it out of write= unless they are changed through the gateway',
      ),
    );
  for (const { action, module, loses } of missingFeatures(actions, inferred))
    findings.push(
      notice(`${variable}: Asterisk has no ${action}, so ${module} is not loaded`, `load it if ${loses} are wanted`),
    );
  return findings;
};
