import { z } from 'zod';
import type { Touch } from '../types.ts';
import { defineAction, list, optionalText, text } from './define.ts';
import { shared } from './touches.ts';

// A mailbox in slashes is a regular expression to the MWI actions.
const oneMailbox = text.regex(/^[^/]/, 'must be the name of one mailbox');
const onMailbox = ({ Mailbox }: { Mailbox: string }): Touch[] => [{ kind: 'mailbox', name: Mailbox }];

/** Zeros also for a mailbox that does not exist. Several may be named, with `&` between them. */
const mailboxRead = (name: string) =>
  defineAction({
    name,
    fields: { Mailbox: text },
    classes: ['call', 'reporting'],
    observes: true,
    touches: onMailbox,
  });

export const MailboxCount = mailboxRead('MailboxCount');
export const MailboxStatus = mailboxRead('MailboxStatus');

export const MWIGet = defineAction({
  name: 'MWIGet',
  fields: { Mailbox: oneMailbox },
  reply: list('MWIGetComplete'),
  classes: ['call', 'reporting'],
  observes: true,
  touches: onMailbox,
});

export const MWIUpdate = defineAction({
  name: 'MWIUpdate',
  fields: { Mailbox: oneMailbox, OldMessages: z.int().min(0).optional(), NewMessages: z.int().min(0).optional() },
  classes: ['call'],
  changes: true,
  touches: onMailbox,
});

export const MWIDelete = defineAction({
  name: 'MWIDelete',
  fields: { Mailbox: oneMailbox },
  classes: ['call'],
  changes: true,
  touches: onMailbox,
});

const box = { Context: text, Mailbox: text };
const onBox = ({ Context, Mailbox }: { Context: string; Mailbox: string }): Touch[] => [
  { kind: 'mailbox', name: `${Mailbox}@${Context}` },
];

/** People's names and addresses: not for `read:`. A Success without a list where there are no users. */
export const VoicemailUsersList = defineAction({
  name: 'VoicemailUsersList',
  reply: { kind: 'list', complete: 'VoicemailUserEntryComplete', absentWhenEmpty: true },
  classes: ['call', 'reporting'],
  touches: shared('the list of mailboxes'),
});

export const VoicemailUserStatus = defineAction({
  name: 'VoicemailUserStatus',
  fields: box,
  reply: list('VoicemailUserDetailComplete'),
  classes: ['call', 'reporting'],
  touches: onBox,
});

export const VoicemailBoxSummary = defineAction({
  name: 'VoicemailBoxSummary',
  fields: box,
  reply: list('VoicemailBoxDetailComplete'),
  classes: ['call', 'reporting'],
  touches: onBox,
});

/** Without both, every mailbox. */
export const VoicemailRefresh = defineAction({
  name: 'VoicemailRefresh',
  fields: { Context: optionalText, Mailbox: optionalText },
  classes: ['user'],
  changes: true,
  touches: ({ Context, Mailbox }) => onBox({ Context: Context ?? '*', Mailbox: Mailbox ?? '*' }),
});

// Folder names become directories of the spool.
const folder = z.string().regex(/^[\w-]+(?: [\w-]+)*$/);

export const VoicemailMove = defineAction({
  name: 'VoicemailMove',
  fields: { ...box, Folder: folder, ID: text, ToFolder: folder },
  classes: ['user'],
  changes: true,
  touches: onBox,
});

export const VoicemailRemove = defineAction({
  name: 'VoicemailRemove',
  fields: { ...box, Folder: folder, ID: text },
  classes: ['user'],
  changes: true,
  touches: onBox,
});

export const VoicemailForward = defineAction({
  name: 'VoicemailForward',
  fields: { ...box, Folder: folder, ID: text, ToContext: text, ToMailbox: text, ToFolder: folder },
  classes: ['user'],
  changes: true,
  touches: (f) => [...onBox(f), ...onBox({ Context: f.ToContext, Mailbox: f.ToMailbox })],
});
