import { z } from 'zod';
import { type Resource, resource, text } from '../routes/resources.ts';

const mailbox = { mailbox: text.describe('mailbox@context').meta({ example: '100@default' }) };
const message = { ...mailbox, message: text.describe('Id of the message').meta({ example: '1700000000-00000001' }) };
const folder = text.max(80).describe('Such as INBOX, Old or Urgent');
const boxOf = (mailboxAt: string) => {
  const [Mailbox = '', Context = 'default'] = mailboxAt.split('@');
  return { Mailbox, Context };
};
const since18 = 'Asterisk 18.20, 20.5 and later.';

/** Voicemail, and the lamps that tell of it. */
export const mailboxResources: readonly Resource[] = [
  resource({
    route: 'GET /mailboxes',
    id: 'mailboxes.list',
    tag: 'Mailboxes',
    summary: 'Voicemail users',
    action: 'VoicemailUsersList',
    gives: 'list',
  }),
  resource({
    route: 'GET /mailboxes/:mailbox',
    id: 'mailboxes.get',
    tag: 'Mailboxes',
    summary: 'Messages waiting in a mailbox',
    notes: 'Zeros also for a mailbox that does not exist.',
    action: 'MailboxCount',
    params: mailbox,
    fields: ({ params }) => ({ Mailbox: params.mailbox }),
    gives: 'one',
  }),
  resource({
    route: 'GET /mailboxes/:mailbox/messages',
    id: 'mailboxes.messages',
    tag: 'Mailboxes',
    summary: 'Messages in a mailbox',
    notes: 'Asterisk 20 and later.',
    action: 'VoicemailBoxSummary',
    params: mailbox,
    fields: ({ params }) => boxOf(params.mailbox),
    gives: 'list',
  }),
  resource({
    route: 'POST /mailboxes/:mailbox/refresh',
    id: 'mailboxes.refresh',
    tag: 'Mailboxes',
    summary: 'Look into a mailbox that something else has changed',
    action: 'VoicemailRefresh',
    params: mailbox,
    fields: ({ params }) => boxOf(params.mailbox),
    gives: 'done',
  }),
  resource({
    route: 'PUT /mwi/:mailbox',
    id: 'mwi.set',
    tag: 'Mailboxes',
    summary: 'Set the message waiting indication of a mailbox elsewhere',
    notes: 'Where res_mwi_external_ami is loaded.',
    action: 'MWIUpdate',
    params: mailbox,
    body: { newMessages: z.int().min(0), oldMessages: z.int().min(0).optional() },
    example: { newMessages: 2 },
    fields: ({ params, body }) => ({
      Mailbox: params.mailbox,
      NewMessages: body.newMessages,
      OldMessages: body.oldMessages,
    }),
    gives: 'done',
  }),
  resource({
    route: 'DELETE /mwi/:mailbox',
    id: 'mwi.remove',
    tag: 'Mailboxes',
    summary: 'Forget a mailbox elsewhere',
    action: 'MWIDelete',
    params: mailbox,
    fields: ({ params }) => ({ Mailbox: params.mailbox }),
    gives: 'done',
  }),
  resource({
    route: 'GET /mailboxes/:mailbox/user',
    id: 'mailboxes.user',
    tag: 'Mailboxes',
    summary: 'To whom a mailbox belongs, and how it is set',
    action: 'VoicemailUserStatus',
    params: mailbox,
    fields: ({ params }) => boxOf(params.mailbox),
    gives: 'one',
    absent: 'no-such-mailbox',
  }),
  resource({
    route: 'GET /mailboxes/:mailbox/waiting',
    id: 'mailboxes.waiting',
    tag: 'Mailboxes',
    summary: 'Whether messages wait in a mailbox',
    notes: '0 also for a mailbox that does not exist.',
    action: 'MailboxStatus',
    params: mailbox,
    fields: ({ params }) => ({ Mailbox: params.mailbox }),
    gives: 'one',
  }),
  resource({
    route: 'POST /mailboxes/:mailbox/messages/:message/move',
    id: 'mailboxes.move',
    tag: 'Mailboxes',
    summary: 'Move a message to another folder',
    notes: `${since18} Asterisk calls a failure a Success: here it is \`404 no-such-message\`.`,
    action: 'VoicemailMove',
    params: message,
    body: { folder: folder.default('INBOX'), to: folder },
    example: { to: 'Old' },
    fields: ({ params, body }) => ({
      ...boxOf(params.mailbox),
      ID: params.message,
      Folder: body.folder,
      ToFolder: body.to,
    }),
    gives: 'done',
  }),
  resource({
    route: 'POST /mailboxes/:mailbox/messages/:message/forward',
    id: 'mailboxes.forward',
    tag: 'Mailboxes',
    summary: 'Copy a message to another mailbox',
    notes: `${since18} The message stays where it is.`,
    action: 'VoicemailForward',
    params: message,
    body: { folder: folder.default('INBOX'), to: text.describe('mailbox@context'), toFolder: folder.default('INBOX') },
    example: { to: '101@default' },
    fields: ({ params, body }) => {
      const to = boxOf(body.to);
      return {
        ...boxOf(params.mailbox),
        ID: params.message,
        Folder: body.folder,
        ToMailbox: to.Mailbox,
        ToContext: to.Context,
        ToFolder: body.toFolder,
      };
    },
    gives: 'done',
  }),
  resource({
    route: 'DELETE /mailboxes/:mailbox/messages/:message',
    id: 'mailboxes.remove',
    tag: 'Mailboxes',
    summary: 'Remove a message',
    notes: since18,
    action: 'VoicemailRemove',
    params: message,
    query: { folder: folder.default('INBOX') },
    fields: ({ params, query }) => ({ ...boxOf(params.mailbox), ID: params.message, Folder: query.folder }),
    gives: 'done',
  }),
  resource({
    route: 'GET /mwi/:mailbox',
    id: 'mwi.get',
    tag: 'Mailboxes',
    summary: 'The message waiting indication of a mailbox elsewhere',
    notes: 'Where res_mwi_external_ami is loaded.',
    action: 'MWIGet',
    params: mailbox,
    fields: ({ params }) => ({ Mailbox: params.mailbox }),
    gives: 'one',
    absent: 'no-such-mailbox',
  }),
];
