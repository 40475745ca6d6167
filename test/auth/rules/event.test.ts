import { describe, expect, it } from 'vitest';
import { maySeeEvent } from '../../../src/auth/rules/event.ts';
import type { Limits } from '../../../src/auth/limits.ts';
import type { Scope } from '../../../src/auth/scopes.ts';
import { lookUp } from '../../../src/events/catalogue.ts';

const NOTHING = { channels: [], contexts: [], queues: [], variable: null, owner: null };

const seen = (ami: string, scopes: Scope[], privilege?: string) =>
  maySeeEvent(
    { sub: 'anna', jti: '1', expiresAt: Infinity, scopes: new Set(scopes), limits: {} },
    { pbx: 'default', name: '', ami, class: lookUp(ami, privilege).class, refs: NOTHING },
  );

describe('the class of an event', () => {
  it('is needed to see it', () => {
    expect(seen('Hangup', ['read:call'])).toBe(true);
    expect(seen('Hangup', ['read:all'])).toBe(true);
    expect(seen('Hangup', ['read:agent', 'write:all'])).toBe(false);
  });

  it('is not enough where there are two: a new voicemail password is shown to those alone whom Asterisk shows it', () => {
    expect(seen('VoicemailPasswordChange', ['read:user'])).toBe(false);
    expect(seen('VoicemailPasswordChange', ['read:system'])).toBe(false);
    expect(seen('VoicemailPasswordChange', ['read:system', 'read:user'])).toBe(true);
    expect(seen('NewOne', ['read:call'], 'call,reporting,all')).toBe(false);
    expect(seen('NewOne', ['read:call', 'read:reporting'], 'call,reporting,all')).toBe(true);
  });

  it('matters nothing where the gateway tells that events were missed; the server does', () => {
    const seenBy = (limits: Limits, scope: Scope = 'read:agent') =>
      maySeeEvent(
        { sub: 'anna', jti: '1', expiresAt: Infinity, scopes: new Set([scope]), limits },
        { pbx: 'default', name: 'pbx.disconnected', ami: null, class: ['system'], refs: NOTHING },
      );
    expect([{}, { own: true }, { channels: ['PJSIP/*'] }].map((limits) => seenBy(limits))).toEqual([true, true, true]);
    expect(seenBy({}, 'gateway:webhooks')).toBe(false);
    expect(seenBy({ pbx: ['other'] })).toBe(false);
  });

  it('that is not known is for those who may see everything', () => {
    expect(seen('NewOne', ['read:call'], '')).toBe(false);
    expect(seen('NewOne', ['read:all'], '')).toBe(true);
  });
});
