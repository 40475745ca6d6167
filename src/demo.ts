import { randomBytes } from 'node:crypto';
import { signToken } from './auth/tokens.ts';
import type { Config, PbxConfig } from './config.ts';
import { startSimulator } from './simulator/index.ts';
import { officeScenario } from './simulator/scenario.ts';

export interface Demo {
  pbx: PbxConfig;
  close(): Promise<void>;
}

const TOKEN_SECONDS = 8 * 3_600;
const SCOPE = 'write:originate write:call read:call read:agent read:reporting gateway:metrics';

/** A simulated office on loopback, for whoever has no Asterisk at hand. Never in production: config.ts sees to that. */
export const startDemo = async (): Promise<Demo> => {
  const secret = randomBytes(16).toString('hex');
  const simulator = await startSimulator({ scenario: { ...officeScenario, users: { gateway: { secret } } } });
  return {
    pbx: { name: 'default', host: '127.0.0.1', port: simulator.port, tls: false, username: 'gateway', secret },
    close: () => simulator.close(),
  };
};

/** What a newcomer pastes next. */
export const demoGreeting = ({ key }: Config, url: string): string => {
  const token = signToken(key, { sub: 'demo', scope: SCOPE, ttl: TOKEN_SECONDS });
  return `
==============================================================================
  THIS IS A DEMO: no AMI_URL is set, so the calls are simulated.
  For a real Asterisk set AMI_URL and JWT_SECRET (see .env.example).
==============================================================================

T=${token}

# Agent 001's phone rings for a second and answers; then extension 100 is dialled.
curl -sS ${url}/calls -H "authorization: Bearer $T" -H 'content-type: application/json' -H 'prefer: wait=10' -d '{"channel":"PJSIP/agent001","context":"from-internal","extension":"100"}'

# Who is on the phone now?
curl -sS ${url}/channels -H "authorization: Bearer $T"

# Hang up every call that was answered.
for id in $(curl -sS "${url}/calls?status=answered" -H "authorization: Bearer $T" | grep -o '"id":"[^"]*"' | cut -d'"' -f4); do curl -sS -X DELETE ${url}/calls/$id -H "authorization: Bearer $T"; done

Swagger UI: ${url}/docs (Authorize with the same token)
`;
};
