import { GatewayError } from '../lib/errors.ts';
import { alternativeTo } from './alternatives.ts';
import type { Frame } from './frame.ts';
import type { Declaration } from './types.ts';

interface Text {
  pattern: RegExp;
  code: string;
  message: string;
}

/** The one place that knows Asterisk's wording. First match decides; texts seen on 16.28 and 22.10. */
const TEXTS: readonly Text[] = [
  { pattern: /^Permission denied/, code: 'ami-permission-denied', message: 'The AMI account of the gateway lacks a class' },
  { pattern: /^Invalid\/unknown command/, code: 'action-unavailable', message: 'This Asterisk does not have the action' },
  { pattern: /^Asterisk is shutting down/, code: 'pbx-unavailable', message: 'Asterisk is shutting down' },
  { pattern: /^Authentication failed/, code: 'ami-login-refused', message: 'Asterisk refused the AMI login' },
  { pattern: /^Login Already In Use/, code: 'ami-login-refused', message: 'The AMI account allows one login only' },
  { pattern: /^No such channel/, code: 'no-such-channel', message: 'No such channel' },
  { pattern: /^Channel not found/, code: 'no-such-channel', message: 'No such channel' },
  { pattern: /^(Extra)?Channel[12]? (specified )?does not exist/, code: 'no-such-channel', message: 'No such channel' },
  { pattern: /^Channel .* does not exist\.$/, code: 'no-such-channel', message: 'No such channel' },
  { pattern: /^Could not get channel snapshot/, code: 'no-such-channel', message: 'No such channel' },
  { pattern: /^Extension does not exist/, code: 'no-such-extension', message: 'The dialplan has no such extension' },
  { pattern: /^Did not find (context|extension)/, code: 'no-such-extension', message: 'The dialplan has no such extension' },
  { pattern: /^Uniqueid length exceeds/, code: 'invalid-request', message: 'The channel id is too long' },
  { pattern: /^Command blacklisted/, code: 'limit-exceeded', message: 'Asterisk refuses this command to every manager' },
  { pattern: /^Command output follows/, code: 'command-failed', message: 'Asterisk did not carry the command out' },
  { pattern: /^(Originate|GetVar|Status) Access Forbidden/i, code: 'limit-exceeded', message: 'Asterisk forbids this to the AMI account' },
  { pattern: /^Variable not set/, code: 'variable-not-set', message: 'Asterisk did not set the variable' },
  { pattern: /^No active conferences|^No Conference by that name/i, code: 'no-such-conference', message: 'No such conference' },
  { pattern: /^No channel by that name found in conference/i, code: 'no-such-participant', message: 'The conference has no such participant' },
  { pattern: /^Conference is already being recorded/, code: 'already-recording', message: 'The conference is recorded already' },
  { pattern: /^Internal error while stopping recording/, code: 'no-such-recording', message: 'The conference is not recorded' },
  { pattern: /^Specified BridgeUniqueid not found|^Bridge not found/, code: 'no-such-bridge', message: 'No such bridge' },
  { pattern: /^BridgeTechnology not found/, code: 'no-such-bridge-technology', message: 'No such bridge technology' },
  { pattern: /^Database entry (not found|could not be deleted)/, code: 'no-such-key', message: 'No such entry' },
  { pattern: /^Unable to retrieve endpoint|^Endpoint '.*' not found/, code: 'no-such-endpoint', message: 'No such endpoint' },
  { pattern: /^Unable to retrieve registration/, code: 'no-such-registration', message: 'No such registration' },
  { pattern: /^Unable to find notify type/, code: 'no-such-notification', message: 'pjsip_notify.conf has no such entry' },
  { pattern: /^PJSIPNotify requires either an Option/, code: 'invalid-request', message: 'A notification takes either an option or headers' },
  { pattern: /^No AoRs configured for endpoint|^Message failed to send/, code: 'not-reachable', message: 'Asterisk knows no way to reach that' },
  { pattern: /^Message technology not found/, code: 'invalid-request', message: 'Asterisk has no such technology of messages' },
  { pattern: /^Unable to .*: No such queue/, code: 'no-such-queue', message: 'No such queue' },
  { pattern: /^Unable to .*: No such caller/, code: 'no-such-caller', message: 'No such caller waits there' },
  { pattern: /^Unable to add interface: Already there/, code: 'already-member', message: 'It is a member already' },
  { pattern: /^Member not dynamic/, code: 'member-not-dynamic', message: 'The member is of the configuration: only those added can be removed' },
  { pattern: /^Unable to request withdraw from queue: Already requested/, code: 'already-withdrawn', message: 'The caller is about to leave the queue' },
  { pattern: /^Interface not found|: Not there$|^Invalid interface, queuename/, code: 'no-such-member', message: 'The queue, or its member, does not exist' },
  { pattern: /^(Module not (loaded|found)|No such module)/, code: 'no-such-module', message: 'No such module' },
  { pattern: /^(Could not (load|unload|refresh) module|Module (does not support reload|not initialized)|A (module )?reload (request )?is )/, code: 'module-not-changed', message: 'Asterisk did not do that to the module: it is in that state already, in use, or cannot' },
  { pattern: /^No such agent/, code: 'no-such-agent', message: 'No such agent' },
  { pattern: /^Session not found/, code: 'no-such-fax-session', message: 'No such fax session' },
  { pattern: /^Config file not found/, code: 'no-such-file', message: 'No such configuration file' },
  { pattern: /^File requires escalated/, code: 'no-such-file', message: 'No such configuration file, or not one of those in its directory' },
  { pattern: /^File exists/, code: 'file-exists', message: 'There is such a file already' },
  { pattern: /^(Given category does not exist|Template category not found|(Update|Append|Delete|(Create|Delete|Empty|Rename) category) did not complete)/, code: 'config-not-changed', message: 'The file has no such category or line, or has it already: nothing was changed' },
  { pattern: /^Config file has invalid format/, code: 'malformed-file', message: 'Asterisk cannot read the file' },
  { pattern: /^The provided cache does not exist/, code: 'no-such-cache', message: 'No such cache' },
  { pattern: /^The provided object could not/, code: 'no-such-object', message: 'The cache has no such object' },
  { pattern: /^Due to full backend caching|^The provided cache does not have/, code: 'wrong-kind-of-cache', message: 'The cache is not of the kind for this' },
  { pattern: /^Peer \S.* not found\.?$|^Peer not found|^No such peer|^Could not create address/, code: 'no-such-peer', message: 'No such peer' },
  { pattern: /^Could not find Sender/, code: 'no-such-client', message: 'xmpp.conf has no such client' },
  { pattern: /^There (is|are) no voicemail user/, code: 'no-such-mailbox', message: 'No such mailbox' },
  { pattern: /^Message (move|remove|forward) failed/, code: 'no-such-message', message: 'There is no such message, folder or mailbox, or no room in it' },
  { pattern: /^Meetme conference does not exist/, code: 'no-such-conference', message: 'No such conference' },
  { pattern: /^Channel signaling is not analog|^Channel does not have it's owner/, code: 'wrong-kind-of-line', message: 'The line is not analogue, or not in use' },
  { pattern: /^No PRI running on requested span|^Invalid (value for 'Span'|span ')/, code: 'no-such-span', message: 'No such span of PRI' },
  { pattern: /^User number not found/, code: 'no-such-channel', message: 'Nobody in the conference has that number' },
  { pattern: /^(Invalid (MsgType|Charge|Total|Currency|AOCBillingId|Unit|Rate|Time|Granularity|Volume|Code)|ChargeType not specified)/, code: 'invalid-request', message: 'Asterisk does not take these charges' },
  { pattern: /^Invalid provider/, code: 'no-such-presence', message: 'No such presence provider' },
  { pattern: /^Transfer invalid|^Channel is not in a bridge/, code: 'not-bridged', message: 'The channel talks to nobody' },
  { pattern: /^Transfer (not permitted|failed)/, code: 'not-transferred', message: 'Asterisk did not transfer the party: there is no such place, or it is not allowed' },
  { pattern: /^Unable to add Channel[12] to bridge/, code: 'not-bridgeable', message: 'These channels cannot be bridged' },
  { pattern: /^(Secondary r|R)edirect failed/, code: 'not-redirected', message: 'The channel is not up, or is about to end' },
  { pattern: /^Failed to add AGI command/, code: 'not-in-agi', message: 'The channel is not in AGI(agi:async)' },
  { pattern: /^Park action failed/, code: 'not-parked', message: 'There is no such parking lot, or no room in it' },
  { pattern: /^Requested parking lot could not be found/, code: 'no-such-parking-lot', message: 'No such parking lot' },
  { pattern: /^Failed to remove requested extension/, code: 'no-such-extension', message: 'The dialplan has no such extension' },
  { pattern: /^That extension and priority already exist/, code: 'extension-exists', message: 'The dialplan has such a line already' },
  { pattern: /^No (Contacts|resource lists|Endpoints|Aors|Auths|AORs) found|^No dialplan hints/i, code: 'nothing-found', message: 'There are none' },
  { pattern: /^(Failed to parse message|Too many lines)/, code: 'invalid-request', message: 'Asterisk could not read the action' },
  { pattern: /^(Cannot|Could not) find MixMonitor|^Could not stop monitoring/i, code: 'no-such-recording', message: 'The recording is not running' },
]; // prettier-ignore

/** What the wording alone does not tell: which class the account lacks, what may be the matter with an unknown action. */
const explain = (code: string, { name, classes }: Declaration): string | undefined => {
  if (code === 'ami-permission-denied') {
    return `The AMI account of the gateway may not use ${name}: add ${classes.join(' or ')} to its write classes`;
  }
  if (code === 'action-unavailable') {
    const other = alternativeTo(name);
    return `This Asterisk has no action ${name}: its module is not loaded, or the release does not have it (see GET /pbx)${other === null ? '' : `. Instead: ${other}`}`;
  }
  return undefined;
};

const alternativeDetail = (code: string, { name }: Declaration) => {
  const alternative = code === 'action-unavailable' ? alternativeTo(name) : null;
  return alternative === null ? {} : { alternative };
};

/** Actions that say with a Success that they did nothing, and how. */
const REFUSALS: Readonly<Record<string, RegExp>> = {
  VoicemailUserStatus: /^There (is|are) no voicemail user/,
  VoicemailBoxSummary: /^There (is|are) no voicemail user/,
  VoicemailMove: /failed\s*$/,
  VoicemailRemove: /failed\s*$/,
  VoicemailForward: /failed\s*$/,
};

export const isRefusal = ({ name }: Declaration, response: Frame): boolean =>
  response.get('Response')?.toLowerCase() === 'error' || REFUSALS[name]?.test(response.get('Message') ?? '') === true;

/** A `Response: Error`, or a Success that is none, as a typed error. `ami-error` where the wording is not known. */
export const amiError = (declaration: Declaration, response: Frame): GatewayError => {
  const said = (response.get('Message') ?? '').trim();
  const known = TEXTS.find(({ pattern }) => pattern.test(said));
  const code = known?.code ?? 'ami-error';
  const output = response.all('Output');
  return new GatewayError(
    code,
    explain(code, declaration) ?? known?.message ?? `Asterisk refused ${declaration.name}`,
    {
      retryable: code === 'pbx-unavailable',
      details: {
        amiMessage: said,
        action: declaration.name,
        ...alternativeDetail(code, declaration),
        ...(output.length > 0 ? { output } : {}),
      },
    },
  );
};

export const desyncError = (why: string): GatewayError =>
  new GatewayError('ami-desync', `The AMI stream cannot be trusted any more: ${why}`, { retryable: true });

/** Bytes may have left, no answer came: only a read can simply be asked again. */
export const lostError = (action: string, changes: boolean, cause?: unknown): GatewayError =>
  changes
    ? new GatewayError(
        'outcome-unknown',
        `The connection was lost after ${action} was sent; it may have been carried out`,
        { cause },
      )
    : new GatewayError('connection-lost', `The connection was lost before ${action} was answered`, {
        cause,
        retryable: true,
      });

export const timeoutError = (action: string, changes: boolean, milliseconds: number): GatewayError =>
  changes
    ? new GatewayError(
        'outcome-unknown',
        `No answer to ${action} within ${milliseconds} ms; it may still be carried out`,
      )
    : new GatewayError('ami-timeout', `No answer to ${action} within ${milliseconds} ms`, { retryable: true });

export const unavailableError = (message: string, cause?: unknown): GatewayError =>
  new GatewayError('pbx-unavailable', message, { retryable: true, cause });
