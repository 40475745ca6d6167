import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { loggedIn, type RawAmi } from '../helpers/raw-ami.ts';

describeEachPbx('AMI framing', (pbx) => {
  let ami: RawAmi;
  beforeAll(async () => {
    ami = await loggedIn(pbx);
  });
  afterAll(() => {
    ami.close();
  });

  /** What comes back for these bytes: reply, ActionID and message of each. */
  const answers = async (bytes: string): Promise<string[]> => {
    const before = ami.frames.length;
    ami.write(bytes);
    const last = await ami.ask('Ping');
    const end = ami.frames.indexOf(last);
    return ami.frames.slice(before, end).map((frame) => {
      const parts = [frame.get('Response'), frame.get('ActionID') ?? '-', frame.get('Message') ?? frame.get('Value')];
      return parts.filter((part) => part !== undefined).join(' ');
    });
  };
  const unknown = (name: string) => `Invalid/unknown command: ${name}. Use Action: ListCommands to show available commands.`; // prettier-ignore
  const tooLong = 'Failed to parse message: line too long';
  const missing = 'Missing action in request';
  /** A header line of so many bytes, without its end. */
  const line = (bytes: number) => `X: ${'x'.repeat(bytes - 3)}`;

  it.each<[what: string, bytes: string, expected: string[]]>([
    ['a bare LF', 'Action: Ping\nActionID: a\n\n', ['Success a']],
    ['mixed line ends', 'Action: Ping\r\nActionID: a\n\r\n', ['Success a']],
    ['an action name in any case', 'aCtIoN: pINg\r\naCtIoNiD: a\r\n\r\n', ['Success a']],
    ['no blank after the colon', 'Action:Ping\r\nActionID:a\r\n\r\n', ['Success a']],
    ['more blanks after the colon', 'Action: \t Ping\r\nActionID:   a\r\n\r\n', ['Success a']],
    ['trailing blanks of a value', 'Action: Ping\r\nActionID: a  \r\n\r\n', ['Success a  ']],
    ['an action name with a trailing blank', 'Action: Ping \r\nActionID: a\r\n\r\n', [`Error a ${unknown('Ping ')}`]],
    ['a blank before the colon', 'Action : Ping\r\nActionID: a\r\n\r\n', [`Error a ${missing}`]],
    ['a blank before the name', ' Action: Ping\r\nActionID: a\r\n\r\n', [`Error a ${missing}`]],
    ['an extra blank line', '\r\nAction: Ping\r\nActionID: a\r\n\r\n', [`Error - ${missing}`, 'Success a']],
    ['no action', 'ActionID: a\r\n\r\n', [`Error a ${missing}`]],
    ['an empty action', 'Action: \r\nActionID: a\r\n\r\n', [`Error a ${missing}`]],
    ['an action after an empty one', 'Action:\r\nAction: Ping\r\nActionID: a\r\n\r\n', ['Success a']],
    ['two actions', 'Action: Ping\r\nAction: Nope\r\nActionID: a\r\n\r\n', ['Success a']],
    ['two ids', 'Action: Ping\r\nActionID: a\r\nActionID: b\r\n\r\n', ['Success a']],
    ['an id after an empty one', 'Action: Ping\r\nActionID:\r\nActionID: b\r\n\r\n', ['Success -']],
    ['a line without colon', 'Action: Ping\r\nnonsense\r\nActionID: a\r\n\r\n', ['Success a']],
    ['a NUL', 'Action: Ping\r\nActionID: a\0b\r\n\r\n', ['Success a']],
    ['a NUL in front of a line', 'Action: Ping\r\nActionID: a\r\n\0X: y\r\n\r\n', ['Success a', `Error - ${missing}`]],
    ['a bare CR', 'Action: Ping\r\nActionID: a\rb\r\n\r\n', ['Success a\rb']],
    ['UTF-8', 'Action: Ping\r\nActionID: Zoë ☎\r\n\r\n', ['Success Zoë ☎']],
    ['an unknown action', 'Action: Nope\r\nActionID: a\r\n\r\n', [`Error a ${unknown('Nope')}`]],
    ['an unknown action of many letters', `Action: ${'z'.repeat(600)}\r\nActionID: a\r\n\r\n`, [`Error a ${unknown('z'.repeat(600)).slice(0, 511)}`]], // prettier-ignore
    ['a line of 1022 bytes', `Action: Ping\r\nActionID: a\r\n${line(1022)}\r\n\r\n`, ['Success a']],
    ['a line of 1023 bytes and LF', `Action: Ping\r\nActionID: a\r\n${line(1023)}\n\r\n`, ['Success a']],
    ['a line of 1024 bytes', `Action: Ping\r\nActionID: a\r\n${line(1024)}\r\n\r\n`, [`Error a ${tooLong}`]],
    ['an id after a long line', `Action: Ping\r\n${line(3000)}\r\nActionID: a\r\n\r\n`, [`Error a ${tooLong}`]],
    [
      'a line of 1023 bytes, whose CR is its end',
      `Action: Ping\r\nActionID: a\r\n${line(1023)}\r\nAction: Ping\r\nActionID: b\r\n\r\n`,
      [`Error a ${tooLong}`, 'Success b'],
    ],
    [
      'a line of 2046 bytes',
      `Action: Ping\r\nActionID: a\r\n${line(2046)}\r\nAction: Ping\r\nActionID: b\r\n\r\n`,
      [`Error a ${tooLong}`, 'Success b'],
    ],
    ['128 headers', `Action: Ping\r\nActionID: a\r\n${'X: y\r\n'.repeat(126)}\r\n`, ['Success a']],
    [
      '129 headers',
      `Action: Ping\r\nActionID: a\r\n${'X: y\r\n'.repeat(127)}\r\n`,
      ['Error a Too many lines in message or allocation failure'],
    ],
  ])('takes %s', async (_what, bytes, expected) => {
    expect(await answers(bytes)).toEqual(expected);
  });

  it('takes a message in single bytes', async () => {
    const before = ami.frames.length;
    for (const byte of 'Action: Ping\r\nActionID: slow\r\n\r\n') {
      ami.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ami.until((frame) => frame.get('ActionID') === 'slow');
    expect(ami.frames.length).toBe(before + 1);
  });

  it('answers a hundred pipelined actions in order', async () => {
    const ids = Array.from({ length: 100 }, (_none, index) => `p${index}`);
    const got = await answers(ids.map((id) => `Action: Ping\r\nActionID: ${id}\r\n\r\n`).join(''));
    expect(got).toEqual(ids.map((id) => `Success ${id}`));
  });

  it('keeps order where a slow action comes first', async () => {
    const got = await answers(
      'Action: Originate\r\nActionID: o\r\nChannel: Local/ring@lab\r\nApplication: Wait\r\nTimeout: 400\r\n\r\n' +
        'Action: Ping\r\nActionID: a\r\n\r\n',
    );
    expect(got).toEqual(['Error o Originate failed', 'Success a']);
  });
});
