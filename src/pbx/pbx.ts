import { CoreStatus } from '../ami/actions/system.ts';
import type { Capabilities } from '../ami/types.ts';
import type { GuardedSender } from '../auth/guard.ts';
import type { Clock } from '../lib/clock.ts';
import { isGatewayError } from '../lib/errors.ts';
import { integer, timeOrNull } from './shared.ts';

/** State of the connections to one server, as the AMI client tells it. */
export interface PbxStatus {
  state: 'ready' | 'booting' | 'disconnected';
  pool: { size: number; open: number; inFlight: number; queued: number; reconnects: number };
  eventConnection: boolean;
  unexpectedFrames: number;
  startedAt: number | null;
  lastError: string | null;
  capabilities: Capabilities | null;
}

export interface PbxView extends Omit<PbxStatus, 'capabilities' | 'startedAt'> {
  name: string;
  release: string | null;
  amiVersion: string | null;
  systemName: string | null;
  startedAt: string | null;
  uptimeSeconds: number | null;
  currentCalls: number | null;
  processedCalls: number | null;
  /** Names of the AMI actions the gateway's account may use there. */
  actions: string[];
}

export interface PbxInfo {
  describe(): Promise<PbxView>;
}

export interface PbxInfoOptions {
  name: string;
  sender: GuardedSender;
  status: () => PbxStatus;
  clock: Clock;
}

export const createPbxInfo = ({ name, sender, status, clock }: PbxInfoOptions): PbxInfo => ({
  async describe() {
    const core = await sender.send(CoreStatus({})).catch((error: unknown) => {
      // A server that is away, or does not tell our account, is described all the same; a token that may not ask is told so.
      if (isGatewayError(error) && (error.retryable || error.code === 'ami-permission-denied')) return undefined;
      throw error;
    });
    const { capabilities, startedAt, ...figures } = status();
    return {
      name,
      ...figures,
      release: capabilities?.release ?? null,
      amiVersion: capabilities?.amiVersion ?? null,
      systemName: capabilities?.settings['SystemName'] || null,
      startedAt: timeOrNull(startedAt),
      uptimeSeconds: startedAt === null ? null : Math.max(0, Math.round((clock.now() - startedAt) / 1_000)),
      currentCalls: core ? integer(core.response, 'CoreCurrentCalls') : null,
      processedCalls:
        core?.response.get('CoreProcessedCalls') === undefined ? null : integer(core.response, 'CoreProcessedCalls'),
      actions: [...(capabilities?.actions ?? [])].sort(),
    };
  },
});
