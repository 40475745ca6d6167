import { defineAction, text } from './define.ts';

/** Runs a CLI line. Class command is root on the PBX; tokens get it by allowed prefixes only. */
export const Command = defineAction({
  name: 'Command',
  fields: { Command: text },
  classes: ['command'],
  changes: true,
  slow: true,
  touches: ({ Command: line }) => [{ kind: 'command', line }],
});
