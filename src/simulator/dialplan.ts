import type { Application, Box, Dialplan } from './box.ts';
import type { Channel } from './channel.ts';
import { readVariable } from './variables.ts';
import type { World } from './world.ts';

interface Step {
  application: string;
  data: string;
}

const parseStep = (text: string): Step => {
  const match = /^(\w+)(?:\((.*)\))?$/s.exec(text);
  return { application: match?.[1] ?? '', data: match?.[2] ?? '' };
};

const CLASSES: Readonly<Record<string, string>> = { X: '[0-9]', Z: '[1-9]', N: '[2-9]', '.': '.+', '!': '.*' };

const patternMatches = (pattern: string, extension: string): boolean => {
  const source = pattern
    .slice(1)
    .split('')
    .map((sign) => CLASSES[sign.toUpperCase()] ?? sign.replace(/[^\w[\]]/g, '\\$&'))
    .join('');
  return new RegExp(`^${source}$`).test(extension);
};

/** Whether an extension, or pattern, is the one for what was dialled. */
export const extensionMatches = (name: string, dialled: string): boolean =>
  name.startsWith('_') ? patternMatches(name, dialled) : name === dialled;

/** Joins the dialplan to its world. */
export const createBox = (world: World, applications: Readonly<Record<string, Application>>): Box => {
  const begin = (channel: Channel, { application, data }: Step, next: () => void) => {
    Object.assign(channel, { application, data });
    const run = applications[application.toLowerCase()];
    if (run) run(box, channel, data, next);
    else world.hangUp(channel, 0);
  };

  const find: Dialplan['find'] = (context, extension) => {
    const entries = world.scenario.contexts[context];
    if (!entries) return undefined;
    if (!extension.startsWith('_') && Object.hasOwn(entries, extension)) return entries[extension];
    const pattern = Object.keys(entries).find((name) => name.startsWith('_') && patternMatches(name, extension));
    return pattern === undefined ? undefined : entries[pattern];
  };

  const box: Box = {
    ...world,
    dialplan: {
      find,
      run(channel, context, extension, priority = 1) {
        const steps = find(context, extension);
        if (!steps || priority > steps.length) return false;
        const step = (at: number): void => {
          if (channel.hungUp) return;
          const text = steps[at - 1];
          if (text === undefined) {
            world.hangUp(channel, 16);
            return;
          }
          Object.assign(channel, { context, extension, priority: at, inDialplan: true });
          const { application, data: written } = parseStep(text);
          const data = written.replace(
            /\$\{([^${}]+)\}/g,
            (_all, name: string) => readVariable(box, channel, name) ?? '',
          );
          const fields = [['Extension', extension], ['Application', application], ['AppData', data]] as const; // prettier-ignore
          world.onChannel(channel, 'Newexten', fields, 'dialplan');
          begin(channel, { application, data }, () => {
            step(at + 1);
          });
        };
        step(priority);
        return true;
      },
      runApplication(channel, application, data) {
        begin(channel, { application, data }, () => {
          world.hangUp(channel, channel.cause);
        });
      },
    },
  };
  return box;
};

/** Sends a channel to a place; it dies where there is none. */
export const goOn = (box: Box, channel: Channel, context: string, extension: string, priority: number): void => {
  if (!box.dialplan.run(channel, context, extension, priority)) box.hangUp(channel, 16);
};
