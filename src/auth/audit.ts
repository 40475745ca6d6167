import type { Action } from '../ami/types.ts';
import { isGatewayError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Principal } from './principal.ts';
import type { Budget } from './rates.ts';

/** What a request is called in logs and metrics. */
export interface RequestContext {
  requestId: string;
  /** Such as `channels.redirect`. */
  operation: string;
  /** Where the request came from. */
  address?: string | undefined;
  /** Told of each budget a call comes out of. */
  onBudget?: ((budget: Budget) => void) | undefined;
  /** Judge what would change something, and send it not. */
  dryRun?: boolean;
  /** And nothing else either. */
  judgeOnly?: boolean;
}

export interface AuditRecord {
  /** Null for one nobody knows. */
  sub: string | null;
  jti: string | null;
  /** Null where it comes from the gateway itself. */
  address: string | null;
  /** Null for what concerns the gateway alone. */
  pbx: string | null;
  operation: string;
  requestId: string | null;
  /** AMI action. */
  action: string | null;
  /** What was reached, without the contents of variables. */
  targets: string[];
  /** Names of the limits the token carries. */
  limits: string[];
  /** `ok`, or the code of the error. */
  outcome: string;
  actionId: string | null;
  /** Refusals from the same address before it that are not told one by one. */
  untold?: number;
}

export type Audit = (record: AuditRecord) => void;

export const createLogAudit =
  (log: Log): Audit =>
  (record) => {
    log.info({ audit: record }, `audit: ${record.sub ?? 'nobody'} ${record.operation} ${record.outcome}`);
  };

/** Dial strings can hold a password: `IAX2/user:password@host/100`, `PJSIP/trunk/sip:user:password@host`. */
const withoutPassword = (dialString: string): string =>
  dialString.replace(/((?:^|\/)(?:sips?:[^/@:]+|(?!sips?:)[^/@:]+)):[^/@]*@/gi, '$1:[hidden]@');

/** Somebody puts a token, or the secret of a webhook, where its id belongs. */
export const hideSecrets = (record: AuditRecord): AuditRecord => ({
  ...record,
  targets: record.targets.map((text) => text.replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*|\bwhsec_[\w+/=%-]+/g, '[hidden]')),
});

// Values of variables, arguments of applications and the tail of a CLI line can be secrets: only names are kept.
export const targetsOf = ({ touches }: Pick<Action, 'touches'>): string[] =>
  touches.map((touch) => {
    switch (touch.kind) {
      case 'channel':
        return `channel ${touch.ref}`;
      case 'dial':
      case 'dialString':
        return `dial ${withoutPassword(touch.dialString)}`;
      case 'dialplan':
        return `dialplan ${touch.extension}@${touch.context}`;
      case 'application':
        return `application ${touch.name}`;
      case 'variable':
        return `variable ${touch.name}`;
      case 'shared':
        return touch.what;
      case 'callerId':
        return `caller id ${touch.value}`;
      case 'queue':
        return `queue ${touch.name}`;
      case 'allQueues':
        return 'all queues';
      case 'endpoint':
        return `endpoint ${touch.technology}/${touch.name}`;
      case 'mailbox':
        return `mailbox ${touch.name}`;
      case 'configFile':
        return `file ${touch.name}`;
      case 'databaseFamily':
        return `database family ${touch.name}`;
      case 'databaseTree':
        return `database family ${touch.family}`;
      case 'keys':
        return 'keys of the phone';
      case 'address':
        return `address ${touch.address}`;
      case 'command':
        return `command ${touch.line.trim().split(/\s+/, 4).map(withoutPassword).join(' ')}`;
    }
  });

export const describeAttempt = (
  who: { principal: Principal; pbx: string; context: RequestContext },
  action: Action,
  result: { actionId: string } | { error: unknown },
): AuditRecord => ({
  sub: who.principal.sub,
  jti: who.principal.jti,
  address: who.context.address ?? null,
  pbx: who.pbx,
  operation: who.context.operation,
  requestId: who.context.requestId,
  action: action.declaration.name,
  targets: targetsOf(action),
  limits: Object.keys(who.principal.limits),
  outcome: 'actionId' in result ? 'ok' : isGatewayError(result.error) ? result.error.code : 'internal-error',
  actionId: 'actionId' in result ? result.actionId : null,
});
