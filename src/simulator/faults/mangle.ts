import { randomBytes } from 'node:crypto';
import { format } from '../wire.ts';

const LONG_LIST_BYTES = 10 * 1024 * 1024;
const GARBAGE_BYTES = 512;

/** First value of a header in the text of one message; empty where absent. */
export const valueOf = (text: string, name: string): string =>
  new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(text)?.[1] ?? '';

export const isResponse = (text: string): boolean => text.startsWith('Response:');
export const endsList = (text: string): boolean =>
  text.startsWith('Event:') && text.includes('\r\nEventList: Complete');

export const forged = (frame: 'response' | 'event'): string =>
  frame === 'response'
    ? format([
        ['Response', 'Success'],
        ['ActionID', '00000000-forged'],
        ['Message', 'Nobody asked'],
        ['Value', 'forged'],
      ])
    : format([
        ['Event', 'Hangup'],
        ['Privilege', 'call,all'],
        ['Channel', 'PJSIP/forged-00000000'],
        ['Uniqueid', '0.0'],
        ['Cause', 16],
      ]);

export const garbage = (bytes = GARBAGE_BYTES): Buffer => randomBytes(bytes);

/** Turns a login into one with the wrong proof. */
export const spoilLogin = (text: string): string => text.replace(/^(Key|Secret): *.*?(\r?)$/gim, '$1: wrong$2');

/** The end of a list with its last item repeated before it, until both are so many bytes. */
export const lengthen = (lastItem: string, end: string, bytes = LONG_LIST_BYTES): string[] => {
  const item = lastItem === '' ? format([['Event', 'Filler'], ['ActionID', valueOf(end, 'ActionID')]]) : lastItem; // prettier-ignore
  const copy = (index: number) => item.replace(/^Uniqueid: .*\r$/m, `Uniqueid: copy.${index}\r`);
  const extra = Math.ceil(bytes / copy(0).length);
  const count = Number(valueOf(end, 'ListItems')) + extra;
  return [
    Array.from({ length: extra }, (_, index) => copy(index)).join(''),
    end.replace(/ListItems: \d+/, `ListItems: ${count}`),
  ];
};
