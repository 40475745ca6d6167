import { CoreSettings, ListCommands } from './actions/system.ts';
import type { Capabilities, Sender } from './types.ts';

const ENVELOPE = new Set(['response', 'actionid', 'message']);

/**
 * Asks a PBX what it is and what the account may do there. ListCommands is the only honest answer:
 * features reach branches by backport, so release numbers say little. CoreSettings is missed if its class is.
 */
export const discover = async (sender: Sender): Promise<Capabilities> => {
  const [commands, settings] = await Promise.all([
    sender.send(ListCommands({})),
    sender.send(CoreSettings({})).catch(() => undefined),
  ]);
  const own = (pairs: Iterable<[string, string]>) => [...pairs].filter(([name]) => !ENVELOPE.has(name.toLowerCase()));
  const values = Object.fromEntries(own(settings?.response.entries() ?? []));
  return {
    amiVersion: values['AMIversion'] ?? null,
    release: values['AsteriskVersion'] ?? null,
    actions: new Set(own(commands.response.entries()).map(([name]) => name)),
    settings: values,
  };
};
