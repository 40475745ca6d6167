import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeEachAsterisk } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';
import { createAsker, type Row } from '../helpers/single-actions.ts';

const since20 = (on22: number | string) => ({ 16: 'action-unavailable', 22: on22 });
const id = '1700000000-00000001';

describeEachAsterisk('routes of mailboxes', (asterisk) => {
  const gateway = useGateway({ pbx: { port: asterisk.amiPort, secret: asterisk.secret } });
  const { ask, check } = createAsker(gateway, { release: asterisk.release, limits: {} });
  const box = '/mailboxes/100%40default';
  const unknown = '/mailboxes/999%40default';

  const rows: Row[] = [
    ['get', `${box}/user`, undefined, 200],
    ['get', `${unknown}/user`, undefined, 'no-such-mailbox'],
    ['get', `${box}/waiting`, undefined, 200],
    ['get', `${unknown}/waiting`, undefined, 200],
    ['get', `${box}/messages`, undefined, since20(200)],
    ['get', `${unknown}/messages`, undefined, since20('no-such-mailbox')],
    ['post', `${box}/messages/nosuch/move`, { to: 'Old' }, since20('no-such-message')],
    ['post', `${box}/messages/nosuch/move`, { to: '../Old' }, 'invalid-request'],
    ['post', `${box}/messages/nosuch/move`, undefined, 'invalid-request'],
    ['post', `${box}/messages/nosuch/forward`, { to: '100@default' }, since20('no-such-message')],
    ['delete', `${box}/messages/nosuch`, undefined, since20('no-such-message')],
    ['delete', `${box}/messages/nosuch?folder=Old`, undefined, since20('no-such-message')],
    ['delete', `${unknown}/messages/nosuch`, undefined, since20('no-such-message')],
  ];

  it.each(rows)('%s %s %j gives what it should', (...row) => check(row));

  it('leave every connection as it was, whatever does not exist', async () => {
    for (let round = 0; round < 6; round += 1) {
      await check(['get', `${unknown}/user`, undefined, 'no-such-mailbox']);
      await check(['get', '/ping', undefined, 200]);
    }
    const { body } = await gateway.as('read:all').get('/pbx').expect(200);
    expect(body.items[0].pool).toMatchObject({ size: 3, open: 3 });
  });

  it('tell of a mailbox without its password', async () => {
    const { body } = await ask('get', `${box}/user`);
    expect(body).toMatchObject({ voiceMailbox: '100', fullname: 'Lab Mailbox' });
    expect(JSON.stringify(body)).not.toContain('1234');
    const narrow = gateway.as('read:all write:all', { channels: ['PJSIP/nobody*'] });
    for (const path of [`${box}/user`, `${box}/waiting`]) {
      expect((await narrow.get(path).expect(403)).body.code).toBe('limit-exceeded');
    }
  });

  it.runIf(asterisk.release === 22)('move, copy and remove a message', async () => {
    const folder = join(asterisk.spoolDir, 'voicemail', 'default', '100', 'INBOX');
    mkdirSync(folder, { recursive: true });
    const lines = ['[message]', 'origmailbox=100', 'context=lab', 'exten=1', 'priority=1', 'callerchan=Local/1@lab', 'callerid="Anna" <5551234>', 'origdate=Tue Nov 14 22:13:20 2023', 'origtime=1700000000', 'category=', `msg_id=${id}`, 'flag=', 'duration=3']; // prettier-ignore
    writeFileSync(join(folder, 'msg0000.txt'), `;\n; Message Information file\n;\n${lines.join('\n')}\n`);
    writeFileSync(join(folder, 'msg0000.wav'), Buffer.alloc(44));

    const folders = async () => {
      const { body } = await ask('get', `${box}/messages`);
      return body.items.filter((one: { id: string }) => one.id === id).map((one: { folder: string }) => one.folder);
    };
    expect(await folders()).toEqual(['INBOX']);
    await check(['post', `${box}/messages/${id}/move`, { to: 'Old' }, 204]);
    expect(await folders()).toEqual(['Old']);
    await check(['post', `${box}/messages/${id}/move`, { to: 'Old' }, 'no-such-message']);
    await check(['post', `${box}/messages/${id}/forward`, { folder: 'Old', to: '100@default', toFolder: 'Work' }, 204]);
    expect(await folders()).toEqual(['Old', 'Work']);
    await check(['delete', `${box}/messages/${id}?folder=Old`, undefined, 204]);
    expect(await folders()).toEqual(['Work']);
    await check(['delete', `${box}/messages/${id}?folder=Work`, undefined, 204]);
    expect(await folders()).toEqual([]);
  });
});
