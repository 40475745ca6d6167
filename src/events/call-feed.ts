import type { Call, CallStatus } from './call.ts';
import type { CallEventName } from './call-observer.ts';
import type { FieldValue } from './event.ts';

type Emit = (call: Call, name: CallEventName, more: Record<string, FieldValue>) => void;

export interface CallFeed {
  /** Tells what the call's status has come to, each step once and in order. */
  tell(call: Call): void;
  /** Tells something else about a call that has not ended. */
  pass: Emit;
  /** A call that an earlier run has told of, as far as its status says. */
  resume(call: Call): void;
}

const STEPS = [
  ['call.ringing', 'ringing'],
  ['call.answered', 'answered'],
] as const satisfies readonly (readonly [CallEventName, CallStatus])[];

/** Turns the status of calls into events. */
export const createCallFeed = ({ emit }: { emit: Emit }): CallFeed => {
  const told = new WeakMap<Call, Set<CallEventName>>();
  const once = (call: Call, name: CallEventName) => {
    const known = told.get(call) ?? new Set();
    if (known.has(name)) return;
    told.set(call, known.add(name));
    emit(call, name, {});
  };
  const start = (call: Call) => {
    if (call.status !== 'queued') once(call, 'call.started');
  };

  return {
    tell(call) {
      start(call);
      for (const [name, status] of STEPS) if (call.status === status) once(call, name);
      if (call.status === 'ended') {
        if (call.answeredAt !== null) once(call, 'call.answered');
        once(call, 'call.ended');
      }
    },
    pass(call, name, more) {
      once(call, 'call.started');
      emit(call, name, more);
    },
    resume(call) {
      const known = new Set<CallEventName>();
      if (call.status !== 'queued') known.add('call.started');
      if (call.status === 'ringing' || call.answeredAt !== null) known.add('call.ringing');
      if (call.answeredAt !== null) known.add('call.answered');
      told.set(call, known);
    },
  };
};
