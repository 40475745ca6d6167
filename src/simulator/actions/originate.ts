import { isTrue } from '../classes.ts';
import { originate } from '../originate.ts';
import { headersNamed } from '../wire.ts';
import { error, leadingNumber, type SimulatedAction, success } from './define.ts';

/**
 * Splits a `Variable:` header as Asterisk does: at commas that are neither escaped, quoted, nor within () or [];
 * then takes quotes and backslashes away.
 */
const splitVariables = (text: string): [string, string][] => {
  const parts: string[] = [''];
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '\\') {
      at += 1;
      parts.push(`${parts.pop() ?? ''}${text[at] ?? ''}`);
    } else if (sign === '"') {
      quoted = !quoted;
    } else if (sign === ',' && depth === 0 && !quoted) {
      parts.push('');
    } else {
      if ('(['.includes(sign)) depth += 1;
      if (')]'.includes(sign)) depth = Math.max(0, depth - 1);
      parts.push(`${parts.pop() ?? ''}${sign}`);
    }
  }
  return parts.flatMap((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [] : [[part.slice(0, at), part.slice(at + 1)] as [string, string]];
  });
};

const FORBIDDEN = {
  16: { application: /system|exec|agi|mixmonitor|externalivr|originate/i, data: /SHELL|EVAL/ },
  22: { application: /agi|dbdeltree|exec|externalivr|mixmonitor|originate|reload|system/i, data: /CURL|DB|EVAL|FILE|ODBC|REALTIME|SHELL/ },
} as const; // prettier-ignore

export const originateActions: SimulatedAction[] = [
  {
    name: 'Originate',
    classes: ['originate'],
    synopsis: 'Originate a call.',
    run: async ({ box, message, get, actionId, write }) => {
      const dialString = get('Channel');
      const application = get('Application');
      const async = isTrue(get('Async'));
      const [priority, timeout] = [leadingNumber(get('Priority')), leadingNumber(get('Timeout'))];
      if (['ChannelId', 'OtherChannelId'].some((name) => get(name).length > 149))
        return error('Uniqueid length exceeds maximum of 149\n');
      if (dialString === '') return error('Channel not specified');
      if (get('Priority') !== '' && priority === undefined) return error('Invalid priority');
      if (get('Timeout') !== '' && timeout === undefined) return error('Invalid timeout');
      if (!dialString.includes('/')) return error('Invalid channel');
      const { application: badApplication, data: badData } = FORBIDDEN[box.release];
      if (
        application !== '' &&
        !write.has('system') &&
        (badApplication.test(application) || badData.test(get('Data')))
      ) {
        const part = badApplication.test(application) ? 'Application' : 'Data';
        return error(`Originate Access Forbidden: ${box.release === 16 ? part : 'app or data blacklisted'}`);
      }
      const steps = box.dialplan.find(get('Context'), get('Exten'))?.length ?? 0;
      if (priority && (priority < 1 || priority > steps)) return error('Extension does not exist.');
      // Nobody looks at where an asynchronous one leads.
      if (application === '' && !priority && !async)
        return error("Originate with 'Exten' requires 'Context' and 'Priority'");
      const [, name = '', number = get('CallerID')] = /^"?([^"<]*?)"?\s*<([^>]*)>$/.exec(get('CallerID')) ?? [];
      const outcome = originate(box, {
        actionId,
        dialString,
        application,
        data: get('Data'),
        context: get('Context'),
        extension: get('Exten'),
        priority: priority ?? 0,
        timeoutMs: timeout !== undefined && timeout > 0 ? timeout : 30_000,
        callerNumber: number,
        callerName: name,
        accountCode: get('Account'),
        channelId: get('ChannelId') || undefined,
        otherId: get('OtherChannelId') || undefined,
        variables: headersNamed(message, 'Variable').flatMap(splitVariables),
        async,
      });
      if (!async && !(await outcome)) return error('Originate failed');
      return success('Originate successfully queued');
    },
  },
];
