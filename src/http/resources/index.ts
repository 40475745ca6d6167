import type { Resource } from '../routes/resources.ts';
import { bridgeResources } from './bridges.ts';
import { channelResources } from './channels.ts';
import { conferenceResources } from './conferences.ts';
import { endpointResources } from './endpoints.ts';
import { queueResources } from './queues.ts';
import { storageResources } from './storage.ts';
import { switchboardResources } from './switchboard.ts';
import { systemResources } from './system.ts';

/** Every route that is one AMI action. */
export const resources: readonly Resource[] = [
  channelResources,
  bridgeResources,
  conferenceResources,
  queueResources,
  switchboardResources,
  endpointResources,
  storageResources,
  systemResources,
].flat();
