import { describe, expect, it } from 'vitest';
import { GatewayError, isGatewayError, messageOf } from '../../src/lib/errors.ts';

describe('errors', () => {
  it('are told by their code, and keep their cause', () => {
    const cause = new Error('below');
    const error = new GatewayError('pbx-unavailable', 'away', { cause, retryable: true });
    expect(error).toMatchObject({ code: 'pbx-unavailable', message: 'away', cause, retryable: true, details: {} });
    expect(isGatewayError(error)).toBe(true);
    expect(isGatewayError(error, 'pbx-unavailable')).toBe(true);
    expect(isGatewayError(error, 'ami-error')).toBe(false);
    expect(isGatewayError(Object.assign(new Error('x'), { code: 'pbx-unavailable' }))).toBe(false);
    expect([messageOf(error), messageOf('text'), messageOf(undefined)]).toEqual(['away', 'text', 'undefined']);
  });
});
