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
      park: ['Answer', 'Park'],
      dtmf: ['Answer', 'Read(DIGITS,,4,,1,10)', 'Set(GLOBAL(LAB_DIGITS)=${DIGITS})', 'Wait(3600)'],
      'agent-answer': ['Ringing', 'Wait(0.5)', 'Answer', 'Wait(3600)'],
      'agent-brief': ['Answer', 'Wait(1)'],
      'agent-busy': ['Busy(1)'],
    },
    'transfer-dest': { '101': ['Answer', 'Wait(3600)'], _2XX: ['Answer', 'Wait(3600)'] },
    'from-internal': { '_X.': ['Answer', 'Wait(3600)'] },
    hints: { ringing: ['Ringing', 'Wait(3600)'] },
    parkedcallstimeout: { s: ['Answer', 'Wait(3600)'] },
    private: { '1': ['Answer', 'Wait(3600)'] },
  },
  hints: { hints: { lamp: 'Custom:lamp', lamps: 'Custom:lamp&Custom:lamp2', phone: 'PJSIP/agent001' } },
  parking: { default: { from: 701, to: 720, timeout: 300 }, short: { from: 801, to: 802, timeout: 1 } },
  endpoints: { agent001: { does: 'unregistered' } },
  queues: {
    'support-queue': { retry: 1, members: { 'Local/ring@lab': 'Agent One' } },
    'sales-queue': { retry: 1, members: { 'Local/ring@lab': { name: 'Agent Two', penalty: 1 } } },
    'empty-queue': {},
    'answer-queue': { retry: 1, members: { 'Local/agent-answer@lab/n': 'Anna', 'Local/ring@lab/n': 'Rita' } },
    'brief-queue': { retry: 1, members: { 'Local/agent-brief@lab/n': 'Bea' } },
    'silent-queue': { timeout: 1, retry: 1, members: { 'Local/ring@lab/n': 'Rita' } },
    'linear-queue': {
      strategy: 'linear',
      timeout: 1,
      retry: 1,
      members: { 'Local/agent-busy@lab/n': 'Bert', 'Local/ring@lab/n': 'Rita', 'Local/agent-answer@lab/n': 'Anna' },
    },
    'rotating-queue': {
      strategy: 'rrmemory',
      retry: 1,
      members: { 'Local/agent-brief@lab/n': 'Bea', 'Local/agent-answer@lab/n': 'Anna' },
    },
  },
};

export const startLabSimulator = (release: Release): Promise<Simulator> =>
  startSimulator({ scenario: labScenario, release });
