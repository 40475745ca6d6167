import { Getvar, Setvar } from '../ami/actions/variable.ts';
import type { GuardedSender } from '../auth/guard.ts';
import { GatewayError } from '../lib/errors.ts';
import { textOrNull } from './shared.ts';

export interface Variables {
  /** Null where the variable is empty or not set: Asterisk does not tell these apart. */
  get(name: string, channel?: string): Promise<string | null>;
  set(name: string, value: string, channel?: string): Promise<void>;
}

export const createVariables = ({ sender }: { sender: GuardedSender }): Variables => ({
  async get(name, channel) {
    const { response } = await sender.send(Getvar({ Channel: channel, Variable: name }));
    // Values are not escaped: a line break in one shows as further headers, and where it ended can no longer be known.
    if (response.lastName !== 'Value') {
      throw new GatewayError(
        'value-not-transferable',
        `The value of ${name} holds line breaks, which AMI cannot carry`,
      );
    }
    return textOrNull(response.get('Value'));
  },
  async set(name, value, channel) {
    await sender.send(Setvar({ Channel: channel, Variable: name, Value: value }));
  },
});
