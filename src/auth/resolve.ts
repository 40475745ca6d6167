import { Status } from '../ami/actions/channel.ts';
import { DBGetTree } from '../ami/actions/database.ts';
import { Getvar } from '../ami/actions/variable.ts';
import type { Sender, Touch } from '../ami/types.ts';
import { GatewayError } from '../lib/errors.ts';
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

/** Judges what only Asterisk can tell, by asking it; nothing is asked for a token that may reach all of it. */
export const judgeResolved = async (
  principal: Principal,
  touch: Touch,
  { ownership, sender }: { ownership: Ownership; sender: Sender },
): Promise<void> => {
  if (touch.kind === 'databaseTree' && !principal.limits.databaseFamilies?.includes('*')) {
    await judgeTree(principal, touch, sender);
  }
  if (!seesSomeChannels(principal)) return;
  if (touch.kind === 'channel') await judgeReference(principal, touch.ref, ownership, sender);
  if (touch.kind === 'variable' && touch.access === 'read' && mayBeGlobal(touch.name)) {
    await judgeGlobal(principal, touch.name, sender);
  }
};
