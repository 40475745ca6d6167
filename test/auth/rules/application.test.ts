import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { start, verdict } from '../../helpers/judging.ts';

const CLOSED = 'limit-exceeded applications';
const SYSTEM = 'insufficient-scope write:system';
const OK = 'allowed';
const ORIGINATE = 'write:originate';

/** Facts 6.1: what Asterisk keeps to class system, by application or by data. */
const DANGEROUS = [
  'System', 'TrySystem', 'AGI', 'EAGI', 'DeadAGI', 'FastAGI', 'Exec', 'ExecIf', 'TryExec', 'ExternalIVR', 'MixMonitor',
  'StopMixMonitor', 'Originate', 'Reload', 'DBdeltree',
]; // prettier-ignore
const DANGEROUS_DATA = ['CURL', 'DB', 'EVAL', 'FILE', 'ODBC', 'REALTIME', 'SHELL'];

describe('an application of the safe list', () => {
  it.each([
    ['Playback', 'hello-world', OK],
    ['playback', 'en/hello&digits/1,skip', OK],
    ['PLAYBACK', '/etc/passwd', CLOSED],
    ['Playback', '../../etc/passwd', CLOSED],
    ['Playback', 'a/../b', CLOSED],
    ['Playback', 'http://10.0.0.1/x', CLOSED],
    ['Playback', '${SHELL(id)}', CLOSED],
    ['Playback', 'hello-world,noanswer,evil', CLOSED],
    ['Playback', '', CLOSED],
    ['Wait', '60', OK],
    ['Wait', '${X}', CLOSED],
    ['Echo', '', OK],
    ['Echo', 'x', CLOSED],
    ['MusicOnHold', 'default,30', OK],
    ['MusicOnHold', '../x', CLOSED],
    ['SayDigits', '123*#', OK],
    ['SayAlpha', '$[1+1]', CLOSED],
    ['SayAlpha', 'any text, with commas', OK],
    ['Hangup', '17', OK],
    ['ConfBridge', 'room 1', OK],
    ['ConfBridge', 'room,admin_bridge', CLOSED],
    ['Queue', 'sales', OK],
    ['Queue', 'sales,tT,,announce,30', OK],
    ['Queue', 'sales,t,http://x', CLOSED],
    ['Queue', 'sales,t,,,30,agi.sh', CLOSED],
    ['Queue', 'sales,,,,,agi.sh', CLOSED],
    ['Queue', 'sales,,,,,,macro', CLOSED],
    ['Queue', 'sales,F(lab^1^1)', CLOSED],
    ['Queue', '', CLOSED],
  ])('%s(%s) is %s', (name, data, expected) => {
    expect(verdict(ORIGINATE, {}, start(name, data))).toBe(expected);
  });
});

describe('a conference', () => {
  it.each([
    [{}, OK],
    [{ contexts: ['*'] }, OK],
    [{ contexts: ['lab'] }, 'limit-exceeded contexts'],
    [{ extensions: ['1*'] }, 'limit-exceeded extensions'],
    [{ own: true }, 'limit-exceeded own'],
    [{ channels: ['PJSIP/a*'] }, 'limit-exceeded channels'],
    [{ contexts: ['lab'], applications: ['ConfBridge'] }, OK],
  ])('for a token limited by %j is %s', (limits, expected) => {
    expect(verdict(ORIGINATE, limits, start('ConfBridge', 'board'))).toBe(expected);
  });
});

describe('a queue', () => {
  it.each([
    ['sales', OK],
    ['sales,cdR,,announce,30', OK],
    ['sales,T', 'limit-exceeded extensions'],
    ['sales,ct', 'limit-exceeded extensions'],
    ['sales,x', 'limit-exceeded extensions'],
  ])('with the arguments %s, some of which make keys transfer, is %s where places are limited', (data, expected) => {
    expect(verdict(ORIGINATE, { extensions: ['1*'] }, start('Queue', data))).toBe(expected);
    expect(verdict(ORIGINATE, { extensions: ['*'] }, start('Queue', data))).toBe(OK);
  });
});

describe('any other application', () => {
  it.each([
    'Dial', 'Goto', 'Gosub', 'GotoIf', 'Macro', 'Set', 'MSet', 'Record', 'Monitor', 'ChanSpy', 'Stasis', 'UserEvent', 'DBdel',
    'ReceiveFAX', 'SendDTMF', 'ForkCDR', 'VoiceMailMain', 'Transfer', 'Bridge', 'Log', 'NoOp', ...DANGEROUS,
  ])('%s is closed until it is listed', (name) => {
    expect(verdict('write:all', {}, start(name))).toBe(CLOSED);
    expect(verdict('write:all', { applications: [name] }, start(name))).toBe(OK);
  }); // prettier-ignore

  it('stays closed in every spelling', () => {
    const spelling = fc.tuple(fc.constantFrom(...DANGEROUS, 'Dial', 'Goto', 'Set', 'ChanSpy'), fc.nat(), fc.nat(8));
    fc.assert(
      fc.property(spelling, ([name, bits, form]) => {
        const mixed = name
          .split('')
          .map((letter, at) => ((bits >> at) & 1 ? letter.toUpperCase() : letter.toLowerCase()));
        const spelled = [
          (text: string) => text, (text: string) => `${text} `, (text: string) => `_${text}`, (text: string) => `"${text}"`,
          (text: string) => `\\${text}`, (text: string) => `${text}()`, (text: string) => `Playback,${text}`,
          (text: string) => `%53${text}`, (text: string) => `${text},Playback`,
        ][form]?.(mixed.join('')) ?? name; // prettier-ignore
        expect(verdict('write:all', {}, start(spelled, 'hello-world'))).toBe(CLOSED);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an application that is listed', () => {
  it.each(DANGEROUS)('%s still needs the scope that Asterisk asks of the account, on either release', (name) => {
    for (const spelled of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(verdict(ORIGINATE, { applications: ['*'] }, start(spelled, 'x'))).toBe(SYSTEM);
      expect(verdict(`${ORIGINATE} write:agi`, { applications: ['*'] }, start(spelled, 'x'))).toBe(SYSTEM);
      expect(verdict(`${ORIGINATE} write:system`, { applications: ['*'] }, start(spelled, 'x'))).toBe(OK);
    }
  });

  it.each(DANGEROUS_DATA)('needs it too where its arguments speak of %s', (word) => {
    for (const data of [word, `x\${${word}(a)}`, `A${word}`, word.toLowerCase()]) {
      expect(verdict(ORIGINATE, { applications: ['NoOp'] }, start('NoOp', data))).toBe(SYSTEM);
      expect(verdict(`${ORIGINATE} write:system`, { applications: ['NoOp'] }, start('NoOp', data))).toBe(OK);
    }
  });

  it('needs it for the AGI argument of Queue, and for no less', () => {
    const listed = { applications: ['Queue'] };
    expect(verdict(ORIGINATE, listed, start('Queue', 'sales,t,,,30,agi.sh'))).toBe(SYSTEM);
    expect(verdict(ORIGINATE, listed, start('Queue', 'sales,t,,,30,,macro'))).toBe(OK);
  });

  it('is opened by its own name and by no other', () => {
    expect(verdict(ORIGINATE, { applications: ['Dial'] }, start('Goto', 'lab,1,1'))).toBe(CLOSED);
    expect(verdict(ORIGINATE, { applications: ['Dial'] }, start('Dialler', 'x'))).toBe(CLOSED);
    expect(verdict(ORIGINATE, { applications: ['Di*'] }, start('Dial', 'PJSIP/x'))).toBe(OK);
  });
});
