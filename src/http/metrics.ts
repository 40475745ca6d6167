import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { StoreHealth } from '../store/keeper.ts';
import type { PbxStatus } from '../pbx/pbx.ts';
import { createHistogram } from './histogram.ts';

export interface Metrics {
  readonly contentType: string;
  /** Text for Prometheus. */
  expose(): Promise<string>;
  /** One answered HTTP request; seconds. */
  httpRequest(operation: string, method: string, status: number, seconds: number): void;
  /** One AMI action; outcome is `ok` or an error code; seconds. */
  amiAction(pbx: string, action: string, outcome: string, seconds: number): void;
}

export interface MetricsOptions {
  names: readonly string[];
  status: (name: string) => PbxStatus;
  store: () => StoreHealth;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export const createMetrics = ({ names, status, store }: MetricsOptions): Metrics => {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];

  const http = createHistogram({
    name: 'gateway_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['operation', 'method', 'status'],
    buckets: SECONDS,
    register,
  });
  const actions = createHistogram({
    name: 'gateway_ami_action_seconds',
    help: 'Time from an AMI action to its whole reply',
    labelNames: ['pbx', 'action', 'outcome'],
    buckets: SECONDS,
    register,
  });

  const perPbx = (name: string, help: string, read: (status: PbxStatus) => number, counter = false) => {
    const common = { name, help, labelNames: ['pbx'], registers };
    if (counter) {
      new Counter({
        ...common,
        collect() {
          this.reset();
          for (const pbx of names) this.inc({ pbx }, read(status(pbx)));
        },
      });
    } else {
      new Gauge({
        ...common,
        collect() {
          for (const pbx of names) this.set({ pbx }, read(status(pbx)));
        },
      });
    }
  };
  perPbx('gateway_pbx_ready', '1 where logged in and fully booted', ({ state }) => (state === 'ready' ? 1 : 0));
  perPbx('gateway_ami_connections', 'Open AMI connections for actions', ({ pool }) => pool.open);
  perPbx('gateway_ami_connections_wanted', 'AMI connections for actions there should be', ({ pool }) => pool.size);
  perPbx('gateway_ami_in_flight', 'AMI actions sent and not answered', ({ pool }) => pool.inFlight);
  perPbx('gateway_ami_queued', 'AMI actions that wait for a connection', ({ pool }) => pool.queued);
  perPbx('gateway_ami_reconnects_total', 'AMI connections lost', ({ pool }) => pool.reconnects, true);
  perPbx('gateway_ami_unexpected_frames_total', 'Messages that answered nothing', (s) => s.unexpectedFrames, true);

  new Counter({
    name: 'gateway_store_lost_total',
    help: 'What could not be kept in the store',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset();
      for (const [kind, count] of Object.entries(store().lost)) this.inc({ kind }, count);
    },
  });

  return {
    contentType: register.contentType,
    expose: () => register.metrics(),
    httpRequest(operation, method, code, seconds) {
      http.observe([operation, method, String(code)], seconds);
    },
    amiAction(pbx, action, outcome, seconds) {
      actions.observe([pbx, action, outcome], seconds);
    },
  };
};
