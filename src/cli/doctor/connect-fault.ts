import type { PbxConfig } from '../../config.ts';
import { GatewayError, messageOf } from '../../lib/errors.ts';
import { error, type Finding } from './finding.ts';

const codeOf = (fault: unknown): string => {
  if (!(fault instanceof Error)) return '';
  if ('code' in fault && typeof fault.code === 'string' && !(fault instanceof GatewayError)) return fault.code;
  return codeOf(fault.cause);
};

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]); // prettier-ignore

/** What a system call or TLS said while connecting: what it means, what to do. */
const transportFault = (code: string, { host, port, tls }: PbxConfig): readonly [string, string] | null => {
  const where = `${host}:${port}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NONAME')
    return [`the name ${host} has no address (${code})`, 'correct the host, or look at the DNS of this machine'];
  if (code === 'ECONNREFUSED')
    return [
      `nothing listens at ${where}`,
      `is Asterisk running? manager.conf, [general]: enabled=yes, ${tls ? 'tlsenable=yes and tlsbindaddr' : 'port and bindaddr'}; then \`manager reload\``,
    ];
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'ETIMEDOUT')
    return [`${where} cannot be reached (${code})`, 'look at the route and the firewalls between, and at the host'];
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return [`${where} closed the connection at once`, 'is that the port of AMI, with TLS on both sides or on neither?'];
  if (UNTRUSTED.has(code))
    return [
      `the certificate of ${where} is signed by an authority nobody here knows`,
      'name its PEM file in AMI_TLS_CA',
    ];
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return [`the certificate of ${where} has expired or is not valid yet`, 'renew it, or look at the clocks'];
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return [`the certificate is not one for ${host}`, 'write the name that is in the certificate into the URL'];
  if (code.startsWith('ERR_SSL') || code === 'EPROTO')
    return [`${where} does not speak TLS`, 'write ami://, or the port of tlsbindaddr'];
  return null;
};

const loginFault = (said: string, { username }: PbxConfig): readonly [string, string] =>
  said.startsWith('Login Already In Use')
    ? [
        `the account ${username} is logged in already and allows one login only`,
        'set allowmultiplelogin=yes: the gateway logs in several times',
      ]
    : [
        `Asterisk refused the login of ${username}, and never says why`,
        'wrong secret (is it percent-encoded in the URL?), no such account, an address that deny, permit or acl keep out, or manager.conf not reloaded since; Asterisk logs the reason',
      ];

const gatewayFault = (fault: GatewayError, server: PbxConfig): readonly [string, string] => {
  const where = `${server.host}:${server.port}`;
  if (fault.code === 'ami-login-refused') return loginFault(fault.details.amiMessage ?? '', server);
  if (fault.code === 'ami-not-asterisk')
    return [
      `${where} is something else than an Asterisk Manager`,
      'correct host and port; AMI has 5038, with TLS 5039',
    ];
  if (/no connection within/.test(fault.message))
    return [`${where} does not answer`, 'look at the firewalls between, and at the host'];
  if (/no greeting/.test(fault.message))
    return [
      `${where} takes connections and says nothing`,
      server.tls ? 'is it the port of AMI?' : 'is it the port of TLS? Then write amis://',
    ];
  if (/before its greeting|closed the AMI connection/.test(fault.message))
    return [
      `${where} closes connections at once`,
      'too many may be waiting to log in (authlimit in manager.conf), or it is another service',
    ];
  return [fault.message, 'see what Asterisk logs'];
};

/** Why a connection or its login failed, in words for who runs the gateway. Pure. */
export const connectFault = (fault: unknown, server: PbxConfig, variable: string): Finding => {
  const [what, advice] =
    transportFault(codeOf(fault), server) ??
    (fault instanceof GatewayError
      ? gatewayFault(fault, server)
      : [messageOf(fault), 'is the file of AMI_TLS_CA there?']);
  return error(`${variable}: ${what}`, advice);
};
