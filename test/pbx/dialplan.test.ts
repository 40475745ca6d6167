import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/ami/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { createDialplan, matchesExtension } from '../../src/pbx/dialplan.ts';
import { createFakeClock } from '../helpers/clock.ts';
import { frame, header, recordingSender, reply } from '../helpers/doubles.ts';

describe('an extension pattern', () => {
  it.each([
    ['100', '100', true],
    ['100', '10', false],
    ['X', 'X', true],
    ['1', 'X', false],
    ['201', '_2XX', true],
    ['2011', '_2XX', false],
    ['20a', '_2XX', false],
    ['0', '_Z', false],
    ['9', '_Z', true],
    ['1', '_N', false],
    ['2', '_n', true],
    ['5551234', '_NXXXXXX', true],
    ['555-1234', '_NXXXXXX', false],
    ['5551234', '_NXX-XXXX', true],
    ['1', '_X.', false],
    ['12', '_X.', true],
    ['1', '_X!', true],
    ['', '_!', true],
    ['', '_.', false],
    ['anything at all', '_.', true],
    ['line\nbreak', '_.', true],
    ['4', '_[13-5]', true],
    ['2', '_[13-5]', false],
    ['b', '_[a-c]', true],
    ['^', '_[^]', true],
    ['x', '_[^]', false],
    ['*97', '_*9X', true],
    ['+15551234', '_+1NXXXXXX', true],
    ['s', 's', true],
    ['a.b', '_a\\.b', false],
    ['1[', '_X[', true],
  ])('%j against %s: %s', (extension, pattern, expected) => {
    expect(matchesExtension(extension, pattern)).toBe(expected);
  });

  it('that Asterisk took with a warning is no fault of ours', () => {
    for (const pattern of ['_[9-1]X', '_[]', '_[', '_', '_[z-a', '_(', '_{2}', '_[\\]', '_[a-\\]']) {
      expect(() => matchesExtension('51', pattern), pattern).not.toThrow();
    }
  });
});

type Line = [extension: string, priority: number] | { include: string } | { switch: string };

const setUp = (dialplan: Record<string, Line[]>) => {
  const clock = createFakeClock();
  const answer = (action: Action) => {
    const Context = header(action, 'Context') ?? '';
    const lines = dialplan[Context];
    if (!lines) throw new GatewayError('no-such-extension', 'Did not find context');
    return reply(
      lines.map((line) => {
        if ('include' in line) return frame({ Event: 'ListDialplan', Context, IncludeContext: line.include });
        if ('switch' in line) return frame({ Event: 'ListDialplan', Context, Switch: line.switch });
        return frame({ Event: 'ListDialplan', Context, Extension: line[0], Priority: line[1], Application: 'NoOp' });
      }),
    );
  };
  const sender = recordingSender(answer);
  const dialplanHas = createDialplan({ sender, clock });
  const has = (context: string, extension: string, priority = 1) => dialplanHas({ context, extension, priority });
  return { clock, sender, has };
};

describe('dialplan', () => {
  it('has a place where extension and priority are there, and no other', async () => {
    const { has } = setUp({ lab: [['100', 1], ['100', 2], ['_2XX', 1], ['300/5551234', 1]] }); // prettier-ignore
    expect(await has('lab', '100', 2)).toBe(true);
    expect(await has('lab', '100', 3)).toBe(false);
    expect(await has('lab', '217')).toBe(true);
    expect(await has('lab', '300')).toBe(true);
    expect(await has('lab', '999')).toBe(false);
    expect(await has('nosuch', '100')).toBe(false);
  });

  it('looks into included contexts, however deep, and into a circle of them once', async () => {
    const { has, sender } = setUp({
      a: [{ include: 'b,09:00-17:00,*,*,*' }],
      b: [{ include: 'c' }, { include: 'a' }, { include: 'gone' }],
      c: [['100', 1]],
    });
    expect(await has('a', '100')).toBe(true);
    expect(await has('a', '101')).toBe(false);
    expect(sender.sent.map((action) => header(action, 'Context'))).toEqual(['a', 'b', 'c', 'gone']);
  });

  it('lets everything through where a switch can hold it, also an included one', async () => {
    const { has } = setUp({ a: [{ include: 'b' }], b: [{ switch: 'Realtime/x@y' }], c: [['1', 1]] });
    expect(await has('a', 'anything', 7)).toBe(true);
    expect(await has('c', 'anything')).toBe(false);
  });

  it('asks about a context once in five seconds, and at once for many that ask together', async () => {
    const dialplan: Record<string, Line[]> = { lab: [['1', 1]] };
    const { has, sender, clock } = setUp(dialplan);
    await Promise.all([has('lab', '1'), has('lab', '2'), has('lab', '1')]);
    dialplan['lab'] = [['2', 1]];
    await clock.advance(4_999);
    expect(await has('lab', '1')).toBe(true);
    expect(sender.sent).toHaveLength(1);
    await clock.advance(1);
    expect([await has('lab', '1'), await has('lab', '2')]).toEqual([false, true]);
    expect(sender.sent).toHaveLength(2);
  });

  it('passes on what keeps it from knowing, and asks again the next time', async () => {
    let away = true;
    const sender = recordingSender(() => {
      if (away) throw new GatewayError('pbx-unavailable', 'away');
      return reply([frame({ Event: 'ListDialplan', Extension: '1', Priority: 1 })]);
    });
    const has = createDialplan({ sender, clock: createFakeClock() });
    const place = { context: 'lab', extension: '1', priority: 1 };
    await expect(has(place)).rejects.toMatchObject({ code: 'pbx-unavailable' });
    away = false;
    expect(await has(place)).toBe(true);
  });
});
