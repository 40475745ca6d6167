import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Status } from '../../../src/ami/actions/channel.ts';
import { callerNumber } from '../../../src/auth/rules/variable.ts';
import { get, having, set, showAs, verdict } from '../../helpers/judging.ts';

const ALL = 'write:originate write:call write:reporting';
const CLOSED = 'limit-exceeded functions';
const SYSTEM = 'insufficient-scope write:system';
const INVALID = 'invalid-request';
const OK = 'allowed';

/** Facts 6.2 and 6.3: functions that write files and databases, run commands, or tell secrets. */
const DANGEROUS = ['AST_CONFIG', 'ENV', 'SHELL', 'EVAL', 'DB', 'DB_DELETE', 'FILE', 'FILE_COUNT_LINE', 'STAT', 'ODBC', 'CURL', 'REALTIME', 'REALTIME_DESTROY', 'LOCK', 'CONFBRIDGE', 'PERIODIC_HOOK']; // prettier-ignore
const CLOSED_ONLY = ['URIDECODE', 'GLOBAL', 'DB_EXISTS', 'SYSINFO', 'AMI_CLIENT', 'QUEUE_MEMBER', 'IMPORT', 'MASTER_CHANNEL', 'SHARED', 'ARRAY', 'HASH', 'VOLUME', 'PJSIP_ENDPOINT']; // prettier-ignore
const STEERING = ['TRANSFER_CONTEXT', 'MONITOR_EXEC', 'GOTO_ON_BLINDXFR', 'MACRO_CONTEXT', 'DYNAMIC_FEATURES', 'PARKINGDYNAMIC', 'CONNECTED_LINE_SEND_SUB', 'FORWARD_CONTEXT', 'BLINDTRANSFER', 'MONITOR_OPTIONS', 'MONITOR_FILENAME', 'TOUCH_MIXMONITOR', 'TOUCH_MIXMONITOR_FORMAT', 'AUTO_MONITOR', 'END_WHILE_0', 'WHILE_12', 'GOSUB_RESULT', 'EXITCONTEXT', 'TRANSFER_EXTEN', 'MEETME_AGI_BACKGROUND', 'BRIDGE_PLAY_SOUND']; // prettier-ignore

describe('a function', () => {
  it.each([...DANGEROUS, ...CLOSED_ONLY])('%s is closed to every token that does not list it', (name) => {
    for (const spelled of [name, name.toLowerCase()]) {
      for (const action of [get(`${spelled}(x)`), set(`${spelled}(x)`), having(`${spelled}(x)`)]) {
        expect(verdict('write:all', {}, action)).toBe(CLOSED);
      }
      const status = Status({ Variables: `CALLERID(num),${spelled}(x,y)` });
      expect(verdict('write:all', {}, status)).toBe(CLOSED);
    }
  });

  it.each(DANGEROUS)('%s needs class system besides its listing', (name) => {
    for (const action of [get(`${name}(x)`), set(`${name.toLowerCase()}(x)`), having(`${name}(x)`)]) {
      expect(verdict(ALL, { functions: ['*'] }, action)).toBe(SYSTEM);
      expect(verdict(`${ALL} write:system`, { functions: [name] }, action)).toBe(OK);
    }
  });

  it.each([
    ['CALLERID(num)', OK, OK],
    ['CallerID(name)', OK, OK],
    ['CONNECTEDLINE(num)', OK, OK],
    ['CDR(userfield)', OK, OK],
    ['TIMEOUT(absolute)', OK, OK],
    ['CHANNEL(language)', OK, OK],
    ['CHANNEL(LANGUAGE)', OK, OK],
    ['CHANNEL(rtp,dest)', OK, CLOSED],
    ['CHANNEL(hangup_handler_push)', OK, CLOSED],
    ['DEVICE_STATE(PJSIP:a)', OK, CLOSED],
    ['HANGUPCAUSE(x,ast)', OK, CLOSED],
  ])('%s of the safe list is read: %s, set: %s', (name, read, write) => {
    expect(verdict(ALL, {}, get(name))).toBe(read);
    expect(verdict(ALL, {}, set(name))).toBe(write);
    expect(verdict(ALL, {}, having(name))).toBe(write);
  });

  it('is closed or not valid in every spelling, nested and escaped ones among them', () => {
    const wrap = fc.constantFrom<(text: string) => string>(
      (text) => `_${text}`,
      (text) => `__${text}`,
      (text) => ` ${text}`,
      (text) => `${text} `,
      (text) => `\${${text}}`,
      (text) => `${text}:0:10`,
      (text) => `CALLERID(${text})`,
      (text) => `CALLERID(num),${text}`,
      (text) => `A=1,${text}`,
      (text) => `"${text}"`,
      (text) => `\\${text}`,
      (text) => text.replace('(', ' ('),
      (text) => text.replace('(', '[').replace(')', ']'),
      (text) => text.replace(')', ''),
      (text) => text.replace('(', '%28'),
      (text) => text.toLowerCase(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...DANGEROUS), fc.array(wrap, { minLength: 1, maxLength: 3 }), (name, wraps) => {
        const spelled = wraps.reduce((text, apply) => apply(text), `${name}(a/b)`);
        for (const action of [get(spelled), set(spelled), having(spelled), Status({ Variables: spelled })]) {
          expect([CLOSED, INVALID]).toContain(verdict('write:all', {}, action));
        }
      }),
      { numRuns: 500 },
    );
  });
});

// Seen on 16.28: a recording of another call was played, as a sound of that language.
it.each([
  ['en', OK],
  ['pt-BR', OK],
  ['', OK],
  ['../../spool/monitor', CLOSED],
  ['/var/spool', CLOSED],
  ['..', CLOSED],
])('the language %j is %s', (value, expected) => {
  expect(verdict(ALL, {}, set('CHANNEL(language)', value))).toBe(expected);
  expect(verdict(ALL, {}, having('channel(LANGUAGE)', value))).toBe(expected);
});

describe('the state of something else', () => {
  it.each<[string, object, string]>([
    ['DEVICE_STATE(Queue:sales)', { channels: ['PJSIP/agent001*'] }, 'limit-exceeded channels'],
    ['DEVICE_STATE(Queue:sales)', { own: true }, 'limit-exceeded own'],
    ['device_state(Custom:lamp)', { channels: ['Custom:lamp'] }, OK],
    ['EXTENSION_STATE(101)', { contexts: ['lab'] }, 'limit-exceeded contexts'],
    ['EXTENSION_STATE(101)', { contexts: ['default'], extensions: ['2*'] }, 'limit-exceeded extensions'],
    ['EXTENSION_STATE(101)', { contexts: ['default'] }, OK],
  ])('%s for a token with %j is %s', (name, limits, expected) => {
    expect(verdict(ALL, limits, get(name))).toBe(expected);
  });
});

describe('a variable', () => {
  it.each(STEERING)('%s steers Asterisk and is set by nobody who does not list it letter by letter', (name) => {
    for (const spelled of [name, `_${name}`, `__${name}`]) {
      expect(verdict('write:all', {}, set(spelled))).toBe('limit-exceeded variables');
      expect(verdict('write:all', { variables: ['*'] }, having(spelled))).toBe('limit-exceeded variables');
      expect(verdict('write:all', { variables: [name] }, having(spelled))).toBe(OK);
    }
    expect(verdict('write:all', {}, get(name))).toBe(OK);
  });

  it.each(['1x', 'a-b', 'a b', 'a=b', 'a,b', '___x', 'x\n', 'a(', 'a(b))', '${x}', 'é'])(
    '%j is no name of one',
    (name) => {
      expect(verdict('write:all', {}, get(name))).toBe(INVALID);
      expect(verdict('write:all', {}, having(name))).toBe(INVALID);
    },
  );
});

/** The number Asterisk 16 and 22 show for a CallerID (callerid.c, seen on both): null where it is a name alone. */
const asteriskShows = (given: string): string | null => {
  const callerId = Buffer.from(given).subarray(0, 255).toString('latin1');
  const shrink = (text: string) => text.replace(/[ ().-]/g, '');
  const open = callerId.lastIndexOf('<');
  const close = callerId.lastIndexOf('>');
  if (open >= 0) return shrink(callerId.slice(open + 1, close > open ? close : undefined)) || null;
  const bare = shrink(callerId);
  return /^[\d*#+]+$/.test(bare) ? bare : null;
};

describe('a caller id', () => {
  it.each([
    ['8005551234', '8005551234'],
    ['<8005551234>', '8005551234'],
    ['"Sales <1>" <8005551234>', '8005551234'],
    ['Sales <8005551234> ', '8005551234'],
  ])('%s shows %s', (callerId, number) => {
    expect(callerNumber(callerId)).toBe(number);
  });

  // The caller's own words decide nothing: each of these showed 911 on 16.28 and 22.10.
  it.each(['800 <800<911>', '8005551234 <911>x', '8005551234 <911> "', '"<911>" 8005551234', '800 <911'])(
    '%s shows 911, and is judged so',
    (callerId) => {
      expect(asteriskShows(callerId)).toBe('911');
      for (const callerIds of [['800*'], ['*8005551234'], ['*"'], ['*x']]) {
        expect(verdict(ALL, { callerIds }, showAs(callerId))).toBe('limit-exceeded callerIds');
        expect(verdict(ALL, { callerIds }, set('CALLERID(all)', callerId))).toBe('limit-exceeded callerIds');
      }
    },
  );

  // Seen on 16.28 and 22.10: 911 is what is left of it.
  it('is not judged by what Asterisk cuts off behind 255 bytes', () => {
    const callerId = `${'é'.repeat(125)}<911><8005551234>`;
    expect(asteriskShows(callerId)).toBe('911');
    expect(verdict(ALL, { callerIds: ['800*'] }, showAs(callerId))).toBe(INVALID);
  });

  // Seen on 16.28 and 22.10: each of these set 911.
  it.each([
    'CALLERID(all,x)',
    'CALLERID(ANI-all)',
    'CONNECTEDLINE(priv-all)',
    'REDIRECTING(from-all)',
    'callerid(ALL)',
  ])('%s is parsed like any other', (name) => {
    expect(verdict(ALL, { callerIds: ['800*'] }, having(name, '800 <911>'))).toBe('limit-exceeded callerIds');
    expect(verdict(ALL, {}, having(name, '800 <911>'))).toBe(OK);
  });

  // Seen on 16.28 and 22.10: the key that records ran what stood behind the commas.
  it.each(['<1,,id>', '1,,id', '"a" <1,,id'])('%s is no number, whoever asks', (callerId) => {
    expect(verdict('write:all', {}, showAs(callerId))).toBe(INVALID);
    for (const name of ['CALLERID(all)', 'CALLERID(num)', 'CONNECTEDLINE(num)', 'REDIRECTING(from-num)', 'CALLERID(ANI)']) {
      expect(verdict('write:all', {}, having(name, callerId)), name).toBe(INVALID);
      expect(verdict('write:all', {}, set(name, callerId)), name).toBe(INVALID);
    }
  }); // prettier-ignore

  it('may hold a comma in a name', () => {
    expect(verdict(ALL, {}, showAs('"Doe, John" <100>'))).toBe(OK);
    expect(verdict(ALL, {}, having('CALLERID(all)', 'Doe, John <100>'))).toBe(OK);
    for (const name of ['CALLERID(name)', 'CALLERID(name-pres)', 'REDIRECTING(from-name)']) {
      expect(verdict(ALL, {}, having(name, 'Doe, John'))).toBe(OK);
    }
  });

  it('that is parsed may have a name', () => {
    for (const name of ['CALLERID(all)', 'CALLERID(ANI-all)', 'REDIRECTING(priv-from-all)']) {
      expect(verdict(ALL, { callerIds: ['800*'] }, having(name, '"Sales" <8005551234>'))).toBe(OK);
    }
  });

  it.each(['SIPADDHEADER01', '__SIPADDHEADER', 'SIPFROMDOMAIN'])(
    'is not shown by %s where the token may show only some',
    (name) => {
      expect(verdict(ALL, { callerIds: ['800*'] }, having(name))).toBe('limit-exceeded callerIds');
      expect(verdict(ALL, { callerIds: ['800*'], variables: [name] }, having(name))).not.toBe(OK);
      expect(verdict(ALL, {}, having(name))).toBe(OK);
    },
  );

  it('that is set as a number is one, brackets and all', () => {
    for (const name of ['CALLERID(num)', 'CALLERID(number)', 'CALLERID(ani)', 'CONNECTEDLINE(num)']) {
      const action = having(name, '911 <8005551234>');
      expect(verdict(ALL, { callerIds: ['8005551234'] }, action)).toBe('limit-exceeded callerIds');
    }
  });

  it('that is allowed shows a number the token may show, or none', () => {
    const piece = fc.constantFrom('<', '>', '"', ' ', '8005551234', '911', 'x', '(', '-', '<911>', '<8005551234>');
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 7 }), (pieces) => {
        const callerId = `x${pieces.join('')}`.slice(pieces.length % 2);
        if (callerId.trim() === '' || verdict(ALL, { callerIds: ['*800555*'] }, showAs(callerId)) !== OK) return;
        expect(asteriskShows(callerId) ?? '800555').toContain('800555');
      }),
      { numRuns: 5_000 },
    );
  });
});
