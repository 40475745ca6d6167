import { z } from 'zod';
import { AMI_CLASSES } from '../ami/types.ts';

const globs = z.array(z.string().min(1).max(256)).max(500);

/**
 * What narrows a token beyond its scopes. Lists are patterns in which `*` stands for any run of characters.
 * An absent list does not narrow, except for those marked closed: they let nothing through until something is listed.
 */
export const limitsSchema = z.strictObject({
  /** Names of servers. */
  pbx: globs.optional(),
  /** Channel names, and dial strings for new calls. */
  channels: globs.optional(),
  /** Dialplan contexts, also those reached by Local/ext@context. */
  contexts: globs.optional(),
  /** Dialplan extensions. */
  extensions: globs.optional(),
  /** Numbers a call may show as its caller. */
  callerIds: globs.optional(),
  queues: globs.optional(),
  /** Variable names. Names that steer Asterisk (such as TRANSFER_CONTEXT) must be listed letter by letter. */
  variables: globs.optional(),
  /** Only the calls and channels this subject has made. */
  own: z.boolean().optional(),
  /** Addresses or CIDR ranges the token may be used from. */
  ip: z.array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])).optional(),
  /** Requests a minute, by class of manager.conf; `*` for all together. */
  requestsPerMinute: z.partialRecord(z.enum([...AMI_CLASSES, '*']), z.int().min(1).max(1_000_000)).optional(),
  callsPerMinute: z.int().min(1).optional(),
  concurrentCalls: z.int().min(1).optional(),
  /** Closed: applications beyond the safe list. */
  applications: globs.optional(),
  /** Closed: dialplan functions beyond the safe list. */
  functions: globs.optional(),
  /** Closed: prefixes of CLI commands, word by word; `*` alone for every command. */
  commands: globs.optional(),
  /** Closed: configuration files. */
  configFiles: globs.optional(),
  /** Closed: AstDB families. */
  databaseFamilies: globs.optional(),
});

export type Limits = z.output<typeof limitsSchema>;
