import type { Resource } from '../routes/resources.ts';
import { bridgeResources } from './bridges.ts';
import { cacheResources } from './caches.ts';
import { channelResources } from './channels.ts';
import { chargeResources } from './charges.ts';
import { conferenceResources } from './conferences.ts';
import { configurationResources } from './configuration.ts';
import { endpointResources } from './endpoints.ts';
import { lineResources } from './lines.ts';
import { mailboxResources } from './mailboxes.ts';
import { queueResources } from './queues.ts';
import { sipResources } from './sip.ts';
import { storageResources } from './storage.ts';
import { switchboardResources } from './switchboard.ts';
import { systemResources } from './system.ts';

/** Every route that is one AMI action. */
export const resources: readonly Resource[] = [
  channelResources,
  chargeResources,
  bridgeResources,
  conferenceResources,
  queueResources,
  switchboardResources,
  endpointResources,
  sipResources,
  lineResources,
  storageResources,
  mailboxResources,
  configurationResources,
  systemResources,
  cacheResources,
].flat();
