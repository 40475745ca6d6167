import { z } from 'zod';
import { defineAction, optionalText, text } from './define.ts';
import { onChannel } from './touches.ts';

// MixMonitor can run shell commands and write anywhere, which is why Asterisk wants class system for it. Here it cannot:
// no Command, a relative path of safe characters, and only the options that name such a path or a variable of ours.
const SAFE_PATH = String.raw`(?:[A-Za-z0-9_][A-Za-z0-9_.-]*\/)*[A-Za-z0-9_][A-Za-z0-9_.-]*`;
export const safeFile = z
  .string()
  .max(200)
  .regex(new RegExp(`^${SAFE_PATH}$`), 'must be a relative path of letters, digits, _ . - and /');
const safeOptions = z.string().regex(new RegExp(`^(?:a|b|i\\(AMIGW_[A-Z0-9_]+\\)|[rt]\\(${SAFE_PATH}\\))*$`));

const appends = (options: string): boolean => options.replace(/\([^)]*\)/g, '').includes('a');

/** Appends, whatever is asked: a name chosen twice must not cost the recording that has it already. */
export const MixMonitor = defineAction({
  name: 'MixMonitor',
  fields: { Channel: text, File: safeFile.optional(), Options: safeOptions.default('a') },
  encode: { Options: (options) => [['Options', appends(options) ? options : `a${options}`]] },
  classes: ['system'],
  scopes: ['call', 'system'],
  changes: true,
  touches: onChannel,
});

export const StopMixMonitor = defineAction({
  name: 'StopMixMonitor',
  fields: { Channel: text, MixMonitorID: optionalText },
  classes: ['system', 'call'],
  changes: true,
  touches: onChannel,
});

/** State 1 mutes, 0 unmutes. */
export const MixMonitorMute = defineAction({
  name: 'MixMonitorMute',
  fields: {
    Channel: text,
    Direction: z.enum(['read', 'write', 'both']),
    State: z.enum(['0', '1']),
    MixMonitorID: optionalText,
  },
  classes: ['system', 'call'],
  changes: true,
  touches: onChannel,
});

/** The Monitor family is gone from Asterisk 21 on; used only where MixMonitor is not there. */
export const Monitor = defineAction({
  name: 'Monitor',
  fields: {
    Channel: text,
    File: safeFile,
    Format: z.string().regex(/^[a-z0-9]+$/),
    Mix: z.enum(['0', '1']).optional(),
  },
  classes: ['call'],
  changes: true,
  touches: onChannel,
});

export const ChangeMonitor = defineAction({
  name: 'ChangeMonitor',
  fields: { Channel: text, File: safeFile },
  classes: ['call'],
  changes: true,
  touches: onChannel,
});

const monitorAction = (name: string) =>
  defineAction({ name, fields: { Channel: text }, classes: ['call'], changes: true, touches: onChannel });

export const StopMonitor = monitorAction('StopMonitor');
export const PauseMonitor = monitorAction('PauseMonitor');
export const UnpauseMonitor = monitorAction('UnpauseMonitor');
