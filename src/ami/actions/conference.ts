import { z } from 'zod';
import type { AmiClass, Touch } from '../types.ts';
import { defineAction, list, optionalText, text } from './define.ts';
import { safeFile } from './recording.ts';
import { channelReference, shared, wholeName } from './touches.ts';

export const ConfbridgeListRooms = defineAction({
  name: 'ConfbridgeListRooms',
  reply: list('ConfbridgeListRoomsComplete'),
  classes: ['reporting'],
  observes: true,
  touches: shared('the list of conferences'),
});

/** An Error where there is no conference, or none of that name. */
export const ConfbridgeList = defineAction({
  name: 'ConfbridgeList',
  fields: { Conference: text },
  reply: list('ConfbridgeListComplete'),
  classes: ['reporting'],
  observes: true,
  itemReference: channelReference,
});

const participant = z.union([z.enum(['all', 'participants']), wholeName]);

const participantAction = (name: string) =>
  defineAction({
    name,
    fields: { Conference: text, Channel: participant },
    classes: ['call'],
    changes: true,
    touches: ({ Channel }): Touch[] =>
      Channel.includes('/')
        ? [{ kind: 'channel', ref: Channel }]
        : [{ kind: 'shared', what: 'everybody in a conference' }],
  });

export const ConfbridgeMute = participantAction('ConfbridgeMute');
export const ConfbridgeUnmute = participantAction('ConfbridgeUnmute');
export const ConfbridgeKick = participantAction('ConfbridgeKick');

const conferenceAction = (name: string, classes: AmiClass[]) =>
  defineAction({ name, fields: { Conference: text }, classes, changes: true, touches: shared('a conference') });

export const ConfbridgeLock = conferenceAction('ConfbridgeLock', ['call']);
export const ConfbridgeUnlock = conferenceAction('ConfbridgeUnlock', ['call']);
export const ConfbridgeStopRecord = conferenceAction('ConfbridgeStopRecord', ['system']);

export const ConfbridgeStartRecord = defineAction({
  name: 'ConfbridgeStartRecord',
  fields: { Conference: text, RecordFile: safeFile.optional() },
  classes: ['system'],
  changes: true,
  touches: shared('a conference'),
});

export const ConfbridgeSetSingleVideoSrc = defineAction({
  name: 'ConfbridgeSetSingleVideoSrc',
  fields: { Conference: text, Channel: wholeName },
  classes: ['call'],
  changes: true,
  touches: ({ Channel }) => [
    { kind: 'channel', ref: Channel },
    { kind: 'shared', what: 'what everybody in a conference sees' },
  ],
});

export const MeetmeList = defineAction({
  name: 'MeetmeList',
  fields: { Conference: optionalText },
  reply: list('MeetmeListComplete'),
  classes: ['reporting'],
  observes: true,
  itemReference: channelReference,
});

export const MeetmeListRooms = defineAction({
  name: 'MeetmeListRooms',
  reply: list('MeetmeListRoomsComplete'),
  classes: ['reporting'],
  observes: true,
  touches: shared('the list of conferences'),
});

const meetmeAction = (name: string) =>
  defineAction({
    name,
    fields: { Meetme: text, Usernum: text },
    classes: ['call'],
    changes: true,
    touches: shared('a conference'),
  });

export const MeetmeMute = meetmeAction('MeetmeMute');
export const MeetmeUnmute = meetmeAction('MeetmeUnmute');
