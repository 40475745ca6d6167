import { Command } from '../../src/ami/actions/command.ts';
import { Originate } from '../../src/ami/actions/originate.ts';
import { Getvar, Setvar } from '../../src/ami/actions/variable.ts';
import type { Action } from '../../src/ami/types.ts';
import type { Limits } from '../../src/auth/limits.ts';
import { judge } from '../../src/auth/policy.ts';
import { principal, verdictOf } from './doubles.ts';

type Extra = Omit<Parameters<typeof Originate>[0], 'Channel' | 'Async'>;

export const dial = (Channel: string, extra: Extra = {}): Action => Originate({ Channel, Async: true, ...extra });
export const start = (Application: string, Data = ''): Action => dial('PJSIP/agent001', { Application, Data });
export const enter = (Context: string, Exten: string): Action =>
  dial('PJSIP/agent001', { Context, Exten, Priority: 1 });
export const showAs = (CallerID: string): Action => dial('PJSIP/agent001', { CallerID });
export const having = (name: string, value = 'x'): Action => dial('PJSIP/agent001', { Variable: { [name]: value } });
export const set = (Variable: string, Value = 'x'): Action => Setvar({ Channel: 'PJSIP/a-1', Variable, Value });
export const get = (Variable: string): Action => Getvar({ Channel: 'PJSIP/a-1', Variable });
export const cli = (line: string): Action => Command({ Command: line });

/** `allowed`, or the code and what it is about: `limit-exceeded contexts`, `insufficient-scope write:call write:system`. */
export const verdict = (scope: string, limits: Limits, action: Action): string => {
  const { code, about } = verdictOf(() => {
    judge(principal(scope, limits), action);
  });
  return [code, ...about.toSorted()].join(' ');
};
