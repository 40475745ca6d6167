import { z } from 'zod';
import { defineAction, list, text } from './define.ts';
import { channelReference, shared } from './touches.ts';

/** Items of agents who are logged in name their channel. */
export const Agents = defineAction({
  name: 'Agents',
  reply: list('AgentsComplete'),
  classes: ['agent'],
  observes: true,
  itemReference: channelReference,
});

/** Soft waits for the agent's call to end. */
export const AgentLogoff = defineAction({
  name: 'AgentLogoff',
  fields: { Agent: text, Soft: z.boolean().optional() },
  classes: ['agent'],
  changes: true,
  touches: shared('an agent'),
});
