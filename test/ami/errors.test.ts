import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Hangup } from '../../src/ami/actions/channel.ts';
import { SIPpeers } from '../../src/ami/actions/sip.ts';
import { hasAlternativeEntry } from '../../src/ami/alternatives.ts';
import { amiError, lostError, timeoutError } from '../../src/ami/errors.ts';
import type { Declaration } from '../../src/ami/types.ts';
import { frame } from '../helpers/doubles.ts';

const said = (message: string, output: string[] = []) =>
  amiError(Hangup, frame({ Response: 'Error', ActionID: '1', Message: message, Output: output }));

describe('what Asterisk says', () => {
  it.each([
    ['Permission denied', 'ami-permission-denied'],
    ['Invalid/unknown command: X. Use Action: ListCommands to show available commands.', 'action-unavailable'],
    ['Asterisk is shutting down', 'pbx-unavailable'],
    ['Authentication failed', 'ami-login-refused'],
    ['Login Already In Use', 'ami-login-refused'],
    ['No such channel', 'no-such-channel'],
    ['Channel not found', 'no-such-channel'],
    ['Channel does not exist: PJSIP/a-00000001', 'no-such-channel'],
    ['ExtraChannel does not exist: PJSIP/a-00000001', 'no-such-channel'],
    ['Channel does not exist.', 'no-such-channel'],
    ['Channel does not exist', 'no-such-channel'],
    ['Channel specified does not exist', 'no-such-channel'],
    ['Channel2 does not exist: PJSIP/a-00000001', 'no-such-channel'],
    ['Could not get channel snapshot\n', 'no-such-channel'],
    ['Extension does not exist.', 'no-such-extension'],
    ['Did not find context nosuch', 'no-such-extension'],
    ['Did not find extension 1@lab', 'no-such-extension'],
    ['Uniqueid length exceeds maximum of 149\n', 'invalid-request'],
    ['Failed to parse message: line too long', 'invalid-request'],
    ['Too many lines in message or allocation failure', 'invalid-request'],
    ['Command blacklisted', 'limit-exceeded'],
    ['Originate Access Forbidden: app or data blacklisted', 'limit-exceeded'],
    ['Originate Access Forbidden: Application', 'limit-exceeded'],
    ['Originate Access Forbidden: Data', 'limit-exceeded'],
    ['GetVar Access Forbidden: Variable', 'limit-exceeded'],
    ['Status Access Forbidden: Variables', 'limit-exceeded'],
    ['Variable not set', 'variable-not-set'],
    ['Command output follows', 'command-failed'],
    ['File exists', 'file-exists'],
    ['File requires escalated priveledges', 'no-such-file'],
    ['File requires escalated privileges', 'no-such-file'],
    ['Given category does not exist', 'config-not-changed'],
    ['Template category not found', 'config-not-changed'],
    ['Update did not complete successfully', 'config-not-changed'],
    ['Create category did not complete successfully', 'config-not-changed'],
    ['Peer nosuch not found.', 'no-such-peer'],
    ['Peer not found', 'no-such-peer'],
    ['No such peer', 'no-such-peer'],
    ['Could not create address', 'no-such-peer'],
    ['ChargeType not specified', 'invalid-request'],
    ['Invalid MsgType', 'invalid-request'],
    ['The provided cache does not exist', 'no-such-cache'],
    ['The provided cache does not have full backend caching enabled\n', 'wrong-kind-of-cache'],
    ['The provided object could not be expired from the cache\n', 'no-such-object'],
    ['Meetme conference does not exist', 'no-such-conference'],
    ['User number not found', 'no-such-channel'],
    ['Channel none does not exist.', 'no-such-channel'],
    ['No channel by that name found in conference.', 'no-such-participant'],
    ['No Channel by that name found in Conference.', 'no-such-participant'],
    ['Conference is already being recorded.', 'already-recording'],
    ['Internal error while stopping recording.', 'no-such-recording'],
    ['Bridge not found', 'no-such-bridge'],
    ['Channel is not in a bridge', 'not-bridged'],
    ['Transfer failed', 'not-transferred'],
    ['Unable to add Channel2 to bridge: PJSIP/a-00000001', 'not-bridgeable'],
    ['Redirect failed, channel not up.', 'not-redirected'],
    ['Secondary redirect failed', 'not-redirected'],
    ['Failed to add AGI command to channel PJSIP/a-00000001 queue', 'not-in-agi'],
    ['Park action failed\n', 'not-parked'],
    ['Requested parking lot could not be found.', 'no-such-parking-lot'],
    ["Endpoint 'nosuch' not found", 'no-such-endpoint'],
    ["Unable to find notify type 'nosuch'\n", 'no-such-notification'],
    ['No AoRs configured for endpoint\n', 'not-reachable'],
    ['Message failed to send.', 'not-reachable'],
    ['Message technology not found.', 'invalid-request'],
    ['Member not dynamic', 'member-not-dynamic'],
    ['Unable to request withdraw from queue: Already requested', 'already-withdrawn'],
    ['Could not load module.', 'module-not-changed'],
    ['Module does not support reload action.', 'module-not-changed'],
    ['A module reload request is already in progress; please be patient', 'module-not-changed'],
    ['That extension and priority already exist at that context', 'extension-exists'],
    ['Append did not complete successfully', 'config-not-changed'],
    ['Empty category did not complete successfully', 'config-not-changed'],
    ['Config file has invalid format', 'malformed-file'],
    ['No dialplan hints are available', 'nothing-found'],
    ['Channel signaling is not analog', 'wrong-kind-of-line'],
    ['No PRI running on requested span', 'no-such-span'],
    ["Invalid span '99' - Should be a number from 1 to 32", 'no-such-span'],
    ['Could not find Sender', 'no-such-client'],
    // Of these the gateway has nothing better to say than Asterisk.
    ['Missing action in request', 'ami-error'],
    ['No command provided', 'ami-error'],
    ['Originate failed', 'ami-error'],
    ['Invalid channel', 'ami-error'],
    ['No active conferences.', 'no-such-conference'],
    ['', 'ami-error'],
    // The meaning stands at the beginning: what a caller put further back changes nothing.
    ['Cannot do this: No such channel', 'ami-error'],
  ])('%j is %s', (message, code) => {
    expect(said(message).code).toBe(code);
  });

  it('is kept word for word, without the line end, next to text of ours', () => {
    const error = said('Uniqueid length exceeds maximum of 149\n');
    expect(error.details).toEqual({ amiMessage: 'Uniqueid length exceeds maximum of 149', action: 'Hangup' });
    expect(error.message).toBe('The channel id is too long');
  });

  it('is explained where the wording alone does not tell what to do', () => {
    expect(said('Permission denied').message).toContain('add system or call to its write classes');
    expect(said('Invalid/unknown command: Hangup.').message).toContain('Hangup');
  });

  it('is retryable only where Asterisk is going down', () => {
    expect(said('Asterisk is shutting down').retryable).toBe(true);
    expect(said('No such channel').retryable).toBe(false);
    expect(said('Whatever').retryable).toBe(false);
  });

  it('carries the output of a CLI command that failed', () => {
    expect(said('Command output follows', ['No such command', '']).details['output']).toEqual(['No such command', '']);
  });
});

describe('an answer that never came', () => {
  it('leaves the fate of a change open and lets a read be asked again', () => {
    const lost = (changes: boolean) => lostError('X', changes, new Error('gone'));
    expect(lost(true)).toMatchObject({ code: 'outcome-unknown', retryable: false });
    expect(lost(false)).toMatchObject({ code: 'connection-lost', retryable: true });
    expect(timeoutError('X', true, 5)).toMatchObject({ code: 'outcome-unknown', retryable: false });
    expect(timeoutError('X', false, 5)).toMatchObject({ code: 'ami-timeout', retryable: true });
  });
});

describe('an action that not every Asterisk has', () => {
  const source = JSON.parse(readFileSync('test/fixtures/actions-source.json', 'utf8')) as Record<string, Record<string, unknown>>; // prettier-ignore

  it('is refused with what to do instead, where there is anything', () => {
    const refusal = (declaration: Declaration) => amiError(declaration, frame({ Response: 'Error', Message: 'Invalid/unknown command: X' })); // prettier-ignore
    expect(refusal(SIPpeers)).toMatchObject({ code: 'action-unavailable', details: { alternative: expect.stringContaining('PJSIPShowEndpoints') } }); // prettier-ignore
    expect(refusal(SIPpeers).message).toMatch(/has no action SIPpeers.*Instead: chan_sip is gone/);
    expect(refusal(Hangup).details).not.toHaveProperty('alternative');
    const releases = Object.values(source);
    const names = releases.flatMap((actions) => Object.keys(actions));
    const some = names.filter((name) => releases.some((actions) => !(name in actions)));
    expect(some.length).toBeGreaterThan(20);
    expect(some.filter((name) => !hasAlternativeEntry(name))).toEqual([]);
  });
});
