import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import type { Release } from '../../src/simulator/release.ts';
import type { ScenarioInput } from '../../src/simulator/scenario.ts';
import { labSecret, limitedSecret, noreadSecret, originatorSecret } from './config.ts';

/** The same users, extensions and queues as the real servers of the lab have. */
export const labScenario: ScenarioInput = {
  users: {
    gateway: { secret: labSecret },
    originator: { secret: originatorSecret, read: 'call', write: 'originate' },
    limited: { secret: limitedSecret, read: 'system,call,agent,reporting,cdr', write: 'command' },
    noread: { secret: noreadSecret, read: '', write: 'call,originate' },
  },
  contexts: {
    lab: {
      answer: ['Answer', 'Wait(3600)'],
      ring: ['Ringing', 'Wait(3600)'],
      ringanswer: ['Ringing', 'Wait(1)', 'Answer', 'Wait(3600)'],
      tone: ['Answer', 'Milliwatt'],
      dialtone: ['Dial(Local/tone@lab/n)'],
      busy: ['Busy(1)'],
      congestion: ['Congestion(1)'],
      reject: ['Hangup(21)'],
      short: ['Answer', 'Wait(1)', 'Hangup'],
      echo: ['Answer', 'Echo'],
      queue: ['Answer', 'Queue(support-queue)'],
      conf: ['Answer', 'ConfBridge(lab-room)'],
      dtmf: ['Answer', 'Read(DIGITS,,4,,1,10)', 'Set(GLOBAL(LAB_DIGITS)=${DIGITS})', 'Wait(3600)'],
    },
    'transfer-dest': { '101': ['Answer', 'Wait(3600)'], _2XX: ['Answer', 'Wait(3600)'] },
    'from-internal': { '_X.': ['Answer', 'Wait(3600)'] },
    hints: { ringing: ['Ringing', 'Wait(3600)'] },
    private: { '1': ['Answer', 'Wait(3600)'] },
  },
  hints: { hints: { lamp: 'Custom:lamp', lamps: 'Custom:lamp&Custom:lamp2', phone: 'PJSIP/agent001' } },
  endpoints: { agent001: { does: 'unregistered' } },
  queues: {
    'support-queue': { members: { 'Local/ring@lab': 'Agent One' } },
    'sales-queue': { members: { 'Local/ring@lab': 'Agent Two' } },
    'empty-queue': {},
  },
};

export const startLabSimulator = (release: Release): Promise<Simulator> =>
  startSimulator({ scenario: labScenario, release });
