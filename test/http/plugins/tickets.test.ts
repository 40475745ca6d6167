import { expect, it } from 'vitest';
import { createTickets } from '../../../src/http/plugins/tickets.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { principal } from '../../helpers/doubles.ts';

it('keeps the tickets of one subject from another who takes very many', () => {
  const tickets = createTickets({ clock: systemClock });
  const anna = { ...principal('read:call'), sub: 'anna', expiresAt: Date.now() + 60_000 };
  const bert = { ...anna, sub: 'bert' };
  const { ticket } = tickets.issue(anna);
  const [first, ...others] = Array.from({ length: 10_001 }, () => tickets.issue(bert).ticket);
  expect(tickets.redeem(ticket)).toBe(anna);
  expect(() => tickets.redeem(ticket)).toThrow('not valid');
  expect(() => tickets.redeem(first ?? '')).toThrow('not valid');
  expect(tickets.redeem(others.at(-1) ?? '')).toBe(bert);
});
