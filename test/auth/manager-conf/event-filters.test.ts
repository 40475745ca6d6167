import { describe, expect, it } from 'vitest';
import { createEventJudge, parseEventFilter, type AmiEvent } from '../../../src/auth/manager-conf/event-filters.ts';

const event = (name: string, ...headers: [string, string][]): AmiEvent => ({
  name,
  headers: [['Privilege', 'call,all'], ...headers],
});
const newchannel = event('Newchannel', ['Channel', 'PJSIP/a-01'], ['ChanVariable', 'x=1'], ['ChanVariable', 'y=2']);
const hangup = event('Hangup', ['Channel', 'Local/b@c-02;1'], ['Cause', '']);
const queue = event('QueueMemberStatus', ['Queue', 'sales']);

const named = { Newchannel: newchannel, Hangup: hangup, QueueMemberStatus: queue };

/** Which of the three a user sees with these lines. */
const seen = (...lines: [string, string][]): string[] => {
  const filters = lines.map(([key, value]) => parseEventFilter(key, value).filter).filter((filter) => filter !== null);
  const judge = createEventJudge(filters);
  return Object.entries(named).flatMap(([name, one]) => (judge(one) ? [name] : []));
};

describe('event filters', () => {
  it.each<[string, [string, string][], string[]]>([
    ['none', [], ['Newchannel', 'Hangup', 'QueueMemberStatus']],
    ['an include', [['eventfilter', 'Event: Newchannel']], ['Newchannel']],
    ['an exclude', [['eventfilter', '!Event: Newchannel']], ['Hangup', 'QueueMemberStatus']],
    ['an include of a header', [['eventfilter', 'Channel: (PJSIP|Local)/']], ['Newchannel', 'Hangup']],
    ['both', [['eventfilter', '!Local/'], ['eventfilter', 'Channel: ']], ['Newchannel']],
    ['a pattern over lines', [['eventfilter', '^Event: Hang.*Cause: .*$']], ['Hangup']],
    ['the missing blank', [['eventfilter', 'Event:Newchannel']], []],
    ['a name', [['eventfilter(name(Hangup))', '']], ['Hangup']],
    ['another case of it', [['eventfilter(name(hangup))', '']], []],
    ['a name, excluded', [['eventfilter(action(exclude),name(Hangup))', '']], ['Newchannel', 'QueueMemberStatus']],
    ['an exclamation mark', [['eventfilter(name(Hangup),header(Channel),method(contains))', '!b@c']], ['Newchannel', 'QueueMemberStatus']],
    ['an action over it', [['eventfilter(action(include),name(Hangup),header(Channel),method(contains))', '!b@c']], ['Hangup']],
    ['a header', [['eventfilter(header(Queue))', '']], ['QueueMemberStatus']],
    ['an empty header, which does not count', [['eventfilter(header(Cause))', '']], []],
    ['a header with its colon', [['eventfilter( header(Queue:) , action(include) )', '']], ['QueueMemberStatus']],
    ['the header of the name', [['eventfilter(header(Event),method(ends_with))', 'up']], ['Hangup']],
    ['exact', [['eventfilter(header(Queue),method(exact))', 'sales']], ['QueueMemberStatus']],
    ['exact, of less', [['eventfilter(header(Queue),method(exact))', 'sale']], []],
    ['starts_with', [['eventfilter(action(exclude),header(Channel),method(starts_with))', 'Local/']], ['Newchannel', 'QueueMemberStatus']],
    ['contains, of everything', [['eventfilter(method(contains))', 'el: PJSIP']], ['Newchannel']],
    ['ends_with, of everything', [['eventfilter(method(ends_with))', 'sales']], []],
    ['regex', [['eventfilter(header(Channel),method(regex))', '^P.*[[:digit:]]$']], ['Newchannel']],
    ['any of several headers', [['eventfilter(header(ChanVariable),method(exact))', 'y=2']], ['Newchannel']],
    ['a later option over an earlier one', [['eventfilter(name(Hangup),name(Newchannel))', '']], ['Newchannel']],
  ])('with %s', (_, lines, names) => {
    expect(seen(...lines)).toEqual(names);
  }); // prettier-ignore

  it.each<[string, string, RegExp]>([
    ['eventfilter', '', /it has no pattern/],
    ['eventfilter()', '', /neither an event, nor a header/],
    ['eventfilter(action(exclude))', '', /neither an event, nor a header/],
    ['eventfilter(name(Hangup)', 'x', /a pattern needs a method/],
    ['eventfilter(name', 'x', /do not end with \)/],
    ['eventfilter(name)', '', /'name' has no value/],
    ['eventfilter(name())', '', /'name' has no value/],
    ['eventfilter(action(drop),name(Hangup))', '', /'action' cannot be 'drop'/],
    ['eventfilter(method(glob))', 'x', /'method' cannot be 'glob'/],
    ['eventfilter(names)', '', /has no value/],
    ['eventfilter(colour(red))', '', /no option 'colour\(red'/],
    ['eventfilter(name(Hangup),method(regex))', '', /needs a pattern/],
  ])('leave out %s = %s, as Asterisk does', (key, value, fault) => {
    const parsed = parseEventFilter(key, value);
    expect(parsed.filter).toBeNull();
    expect(parsed.fault).toMatch(fault);
  });

  it('of a ! alone let nothing through, as in Asterisk 16', () => {
    expect(parseEventFilter('eventfilter', '!').fault).toMatch(/every event is excluded/);
    expect(seen(['eventfilter', '!'])).toEqual([]);
  });

  it('let nothing through that a pattern nobody understands might have stopped', () => {
    expect(parseEventFilter('eventfilter', '*x').fault).toMatch(/so it includes nothing: nothing comes before/);
    expect(parseEventFilter('eventfilter', '!*x').fault).toMatch(/so every event it looks at is excluded/);
    expect(seen(['eventfilter', '*x'])).toEqual([]);
    expect(seen(['eventfilter', '!*x'])).toEqual([]);
    expect(seen(['eventfilter(action(exclude),name(Hangup),method(regex))', '*x'])).toEqual([
      'Newchannel',
      'QueueMemberStatus',
    ]);
  });
});
