import { Status } from '../ami/actions/channel.ts';
import { DBGetTree } from '../ami/actions/database.ts';
import { PJSIPShowEndpoint } from '../ami/actions/endpoint.ts';
import { Getvar } from '../ami/actions/variable.ts';
import type { Sender, Touch } from '../ami/types.ts';
import { GatewayError, isGatewayError } from '../lib/errors.ts';
import type { Principal } from './principal.ts';
import { judgeChannel, judgeShared, type Ownership, seesSomeChannels } from './rules/channel.ts';
import { judgeDatabaseFamily } from './rules/database.ts';
import { mayBeGlobal } from './rules/variable.ts';

/** Asterisk takes names in any case and unique ids alike, so only Asterisk can say which channel is meant. */
const judgeReference = async (principal: Principal, ref: string, ownership: Ownership, sender: Sender) => {
  const status = Status({ Channel: ref });
  const { items } = await sender.send(status);
  const channel = items[0] && status.declaration.itemReference?.(items[0]).channel;
  if (!channel) throw new GatewayError('no-such-channel', 'No such channel');
  judgeChannel(principal, channel, ownership);
};

/** A channel answers with the global variable where it has none of its own. */
const judgeGlobal = async (principal: Principal, name: string, sender: Sender) => {
  const { response } = await sender.send(Getvar({ Variable: name }));
  if ((response.get('Value') ?? '') !== '') judgeShared(principal, `the global variable ${name}`);
};

/** What is like a name goes with it, in any case; only Asterisk knows what there is. */
const judgeTree = async (principal: Principal, { family, key }: Extract<Touch, { kind: 'databaseTree' }>, sender: Sender) => {
  const tree = DBGetTree({ Family: family, Key: key });
  const { items } = await sender.send(tree);
  for (const item of items) {
    const { databaseFamily = '' } = tree.declaration.itemReference?.(item) ?? {};
    judgeDatabaseFamily(principal, databaseFamily);
  }
}; // prettier-ignore

const MOST_NAMES = 8;

/**
 * A message to an endpoint without AOR brings Asterisk down: 16.28 by `pjsip:endpoint@host`, 22.10 by `pjsip:endpoint`.
 * Whatever part of the address may name one is looked up.
 */
const refuseCrash = async (address: string, sender: Sender) => {
  const [, where] = /^\s*pjsip:(.*)$/is.exec(address) ?? [];
  if (where === undefined) return;
  const names = new Set(where.split(/[\s:@/;,<>"]+/).filter((name) => name !== ''));
  if (names.size > MOST_NAMES) throw new GatewayError('invalid-request', 'The address has too many parts');
  for (const name of names) {
    const { items } = await sender.send(PJSIPShowEndpoint({ Endpoint: name })).catch((error: unknown) => {
      if (isGatewayError(error, 'no-such-endpoint') || isGatewayError(error, 'action-unavailable'))
        return { items: [] };
      throw error;
    });
    const endpoint = items.find(({ event }) => event === 'EndpointDetail');
    if (endpoint && (endpoint.get('Aors') ?? '') === '') {
      throw new GatewayError('no-address', `The endpoint ${name} has no AOR: Asterisk would crash of the message`);
    }
  }
};

/** Whether only Asterisk can tell; where limits are concerned only for a token that has them. */
export const needsResolving = (principal: Principal, touch: Touch): boolean => {
  if (touch.kind === 'databaseTree') return !principal.limits.databaseFamilies?.includes('*');
  if (touch.kind === 'address') return true;
  if (touch.kind === 'channel') return seesSomeChannels(principal);
  if (touch.kind !== 'variable' || touch.access !== 'read') return false;
  return seesSomeChannels(principal) && mayBeGlobal(touch.name);
};

/** Judges what only Asterisk can tell, by asking it. */
export const judgeResolved = async (
  principal: Principal,
  touch: Touch,
  { ownership, sender }: { ownership: Ownership; sender: Sender },
): Promise<void> => {
  if (touch.kind === 'databaseTree') await judgeTree(principal, touch, sender);
  if (touch.kind === 'address') await refuseCrash(touch.address, sender);
  if (touch.kind === 'channel') await judgeReference(principal, touch.ref, ownership, sender);
  if (touch.kind === 'variable') await judgeGlobal(principal, touch.name, sender);
};
