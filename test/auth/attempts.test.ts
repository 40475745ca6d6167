import { describe, expect, it } from 'vitest';
import { createAttempts } from '../../src/auth/attempts.ts';
import { createFakeClock } from '../helpers/clock.ts';

const ADDRESS = '192.0.2.1';

const make = () => {
  const clock = createFakeClock();
  const attempts = createAttempts({ clock });
  const fail = (times: number, address = ADDRESS, name = 'crm') => {
    for (let index = 1; index < times; index += 1) attempts.failed(address, name);
    return attempts.failed(address, name);
  };
  return { clock, attempts, fail };
};
const refused = expect.objectContaining({ code: 'too-many-attempts' });

describe('wrong secrets', () => {
  it('cost nothing five times, then twice as much each time, five minutes at most', async () => {
    const { attempts, clock, fail } = make();
    expect(fail(5)).toBe(0);
    attempts.check(ADDRESS, 'crm');
    expect([fail(1), fail(1), fail(1)]).toEqual([1_000, 2_000, 4_000]);
    expect(() => { attempts.check(ADDRESS, 'CRM'); }).toThrow(refused); // prettier-ignore
    await clock.advance(4_000);
    attempts.check(ADDRESS, 'crm');
    expect(fail(20)).toBe(300_000);
  });

  it('of one address for one name lock out neither other addresses nor other names', () => {
    const { attempts, fail } = make();
    fail(10);
    attempts.check('192.0.2.2', 'crm');
    attempts.check(ADDRESS, 'other');
  });

  it('of one address for many names slow the address down', () => {
    const { attempts } = make();
    for (let index = 0; index <= 30; index += 1) attempts.failed(ADDRESS, `name${index}`);
    expect(() => { attempts.check(ADDRESS, 'fresh'); }).toThrow(refused); // prettier-ignore
  });

  it('of a network of IPv6 count together', () => {
    const { attempts } = make();
    for (let index = 0; index <= 30; index += 1) attempts.failed(`2001:db8::${index.toString(16)}`, `name${index}`);
    expect(() => { attempts.check('2001:db8::ffff', 'fresh'); }).toThrow(refused); // prettier-ignore
    attempts.check('2001:db8:0:1::1', 'fresh');
    expect(attempts.failed('fe80::1%eth0', 'x')).toBe(0);
  });

  it('are forgotten when the right one comes, and after an hour', async () => {
    const { attempts, clock, fail } = make();
    fail(5);
    attempts.succeeded(ADDRESS, 'crm');
    expect(fail(5)).toBe(0);
    await clock.advance(3_600_001);
    expect(fail(5)).toBe(0);
  });

  it('of very many addresses are remembered up to a bound', () => {
    const { attempts, fail } = make();
    fail(8);
    for (let index = 0; index < 30_000; index += 1) attempts.failed(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, 'x'); // prettier-ignore
    attempts.check(ADDRESS, 'crm');
  });
});
