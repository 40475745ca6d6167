import { z } from 'zod';
import { defineAction, identifier, list, wholeNumber } from './define.ts';
import { shared } from './touches.ts';

export const PRIShowSpans = defineAction({
  name: 'PRIShowSpans',
  fields: { Span: wholeNumber.optional() },
  reply: list('PRIShowSpansComplete'),
  classes: [],
  scopes: ['system'],
  observes: true,
  touches: shared('the list of spans'),
});

export const PRIDebugSet = defineAction({
  name: 'PRIDebugSet',
  fields: { Span: wholeNumber, Level: z.union([z.enum(['off', 'on', 'hex', 'intense']), z.int().min(0).max(15)]) },
  classes: [],
  scopes: ['system'],
  changes: true,
  touches: shared('a span'),
});

/** Asterisk writes to any path; here a file is a name without directory. */
export const PRIDebugFileSet = defineAction({
  name: 'PRIDebugFileSet',
  fields: { File: identifier },
  classes: ['system'],
  changes: true,
  touches: shared('the PRI debug file'),
});

export const PRIDebugFileUnset = defineAction({
  name: 'PRIDebugFileUnset',
  classes: [],
  scopes: ['system'],
  changes: true,
  touches: shared('the PRI debug file'),
});
