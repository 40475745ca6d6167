import { z } from 'zod';

/** `Answer`, or `Wait(5)`: an application with its data, as in extensions.conf. */
const stepSchema = z.string().regex(/^[A-Za-z]\w*(?:\(.*\))?$/s, 'reads Application(data)');

/** What a phone does when it is called. */
const endpointSchema = z.strictObject({
  does: z.enum(['answer', 'busy', 'ring', 'reject', 'unregistered']).default('answer'),
  /** Seconds of ringing before that. */
  after: z.number().min(0).default(2),
});

const memberSchema = z.strictObject({ name: z.string(), penalty: z.number().int().min(0).default(0) });

const userSchema = z.strictObject({
  secret: z.string().min(1),
  read: z.string().default('all'),
  write: z.string().default('all'),
});

export const scenarioSchema = z.strictObject({
  users: z.record(z.string(), userSchema).default({}),
  /** Context → extension (or `_pattern`) → steps. */
  contexts: z.record(z.string(), z.record(z.string(), z.array(stepSchema).min(1))).default({}),
  endpoints: z.record(z.string(), endpointSchema).default({}),
  /** Context → extension → devices it shows, with & between them. */
  hints: z.record(z.string(), z.record(z.string(), z.string().min(1))).default({}),
  /** Queue → members, as dial strings with the name of the agent; times in seconds. */
  queues: z
    .record(
      z.string(),
      z.strictObject({
        strategy: z.enum(['ringall', 'linear', 'rrmemory']).default('ringall'),
        /** How long an agent is rung, and the pause before the next try. */
        timeout: z.number().positive().default(15),
        retry: z.number().positive().default(5),
        /** Whether agents who talk are rung too. */
        ringinuse: z.boolean().default(true),
        members: z.record(z.string(), z.union([z.string(), memberSchema])).default({}),
      }),
    )
    .default({}),
  /** Parking lot → its spaces, and the seconds a call may stay. */
  parking: z
    .record(
      z.string(),
      z.strictObject({
        from: z.number().int().positive(),
        to: z.number().int().positive(),
        timeout: z.number().positive().default(45),
      }),
    )
    .default({ default: { from: 701, to: 720, timeout: 45 } }),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioInput = z.input<typeof scenarioSchema>;

/** A small office: some extensions that behave in every way a call can, two phones, two queues. */
export const officeScenario: ScenarioInput = {
  users: { gateway: { secret: 'simulated' } },
  contexts: {
    'from-internal': {
      '100': ['Answer', 'Wait(3600)'],
      '101': ['Ringing', 'Wait(3)', 'Answer', 'Wait(3600)'],
      '102': ['Busy'],
      '103': ['Ringing', 'Wait(3600)'],
      '104': ['Congestion'],
      '105': ['Hangup(21)'],
      '200': ['Answer', 'Queue(support)'],
      _X: ['Answer', 'Wait(3600)'],
      '_X.': ['Ringing', 'Wait(2)', 'Answer', 'Wait(60)', 'Hangup'],
    },
  },
  endpoints: {
    agent001: { does: 'answer', after: 1 },
    agent002: { does: 'answer', after: 4 },
    busyphone: { does: 'busy', after: 1 },
    silentphone: { does: 'ring' },
  },
  queues: {
    support: { members: { 'PJSIP/agent001': 'Anna', 'PJSIP/agent002': 'Bert' } },
    sales: { members: { 'PJSIP/agent002': 'Bert' } },
  },
};
