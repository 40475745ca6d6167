import { z } from 'zod';
import { defineAction, identifier } from './define.ts';
import { shared } from './touches.ts';

export const ModuleCheck = defineAction({
  name: 'ModuleCheck',
  fields: { Module: identifier },
  classes: ['system'],
  observes: true,
});

/** 16 takes any path: here a module is a name. Without Module, a reload is of all. */
export const ModuleLoad = defineAction({
  name: 'ModuleLoad',
  fields: {
    Module: identifier.optional(),
    LoadType: z.enum(['load', 'unload', 'reload', 'refresh']),
    Recursive: z.boolean().optional(),
  },
  classes: ['system'],
  changes: true,
  slow: true,
  touches: shared('the modules'),
});

export const Reload = defineAction({
  name: 'Reload',
  fields: { Module: identifier.optional() },
  classes: ['system', 'config'],
  changes: true,
  slow: true,
  touches: shared('the modules'),
});
