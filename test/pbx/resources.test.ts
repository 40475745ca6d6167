import { describe, expect, it } from 'vitest';
import {
  readBridge,
  readCategories,
  readCategoryNames,
  readConfigJson,
  readQueueRules,
} from '../../src/pbx/resources.ts';
import { frame, reply } from '../helpers/doubles.ts';

describe('what Asterisk tells in headers of a Response', () => {
  it('is read as categories with their lines in order, two of one name too', () => {
    const told = reply([], {
      'Category-000000': 'base',
      'IsTemplate-000000': '1',
      'Line-000000-000000': 'a=1',
      'Category-000001': 'desk',
      'Templates-000001': '"base,other"',
      'Line-000001-000000': 'b=x=y',
      'Line-000001-000001': 'b',
      'Category-000002': 'desk',
    });
    expect(readCategories(told)).toEqual([
      { name: 'base', template: true, inherits: [], lines: [{ name: 'a', value: '1' }] },
      { name: 'desk', template: false, inherits: ['base', 'other'], lines: [{ name: 'b', value: 'x=y' }, { name: 'b', value: '' }] }, // prettier-ignore
      { name: 'desk', template: false, inherits: [], lines: [] },
    ]);
    expect(readCategoryNames(told)).toEqual([{ name: 'base' }, { name: 'desk' }, { name: 'desk' }]);
    expect(readCategoryNames(reply([], { Error: 'no categories found' }))).toEqual([]);
  });

  it('is read as JSON where it is JSON', () => {
    expect(readConfigJson(reply([], { JSON: '{"a":{"b":"c"}}' }))).toEqual([{ a: { b: 'c' } }]);
    expect(() => readConfigJson(reply([], { JSON: '{"a":{"b":"\\x"}}' }))).toThrow('no proper JSON');
  });

  it('is read as lists of rules, each with its own', () => {
    const rules = frame({ Response: 'Success', RuleList: 'empty' });
    expect(readQueueRules({ ...reply(), response: rules })).toEqual([{ name: 'empty', rules: [] }]);
    const some = frame({ Response: 'Success', RuleList: 'lab', Rule: ['30,+1,+0', '60,10,0,+2'] });
    expect(readQueueRules({ ...reply(), response: some })).toEqual([
      {
        name: 'lab',
        rules: [
          { afterSeconds: 30, maxPenalty: '+1', minPenalty: '+0' },
          { afterSeconds: 60, maxPenalty: '10', minPenalty: '0', raisePenalty: '+2' },
        ],
      },
    ]);
    expect(readQueueRules(reply())).toEqual([]);
  });

  it('is a bridge where its list was completed', () => {
    const channel = frame({ Event: 'BridgeInfoChannel', Channel: 'Local/a@b-1;1' });
    const complete = frame({ Event: 'BridgeInfoComplete', EventList: 'Complete', ListItems: 1, BridgeType: 'basic' });
    expect(readBridge({ ...reply([channel]), complete })).toEqual([
      { bridgeType: 'basic', channels: [{ channel: 'Local/a@b-1;1' }] },
    ]);
    expect(readBridge(reply([channel]))).toEqual([]);
  });
});
