import { expect, it } from 'vitest';
import { describeEachAsterisk } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';
import { createAsker, type Method, type Row } from '../helpers/single-actions.ts';

const none = 'action-unavailable';
const sip = (on16: number | string) => ({ 16: on16, 22: none });
const notify = { headers: { Event: 'check-sync' } };

describeEachAsterisk('routes of lines and of older channel drivers', (asterisk) => {
  const gateway = useGateway({ pbx: { port: asterisk.amiPort, secret: asterisk.secret } });
  const limits = { configFiles: ['sip.conf'] };
  const { ask, check } = createAsker(gateway, { release: asterisk.release, limits });

  // Neither server has a card, nor app_meetme and res_mwi_external_ami.
  const rows: Row[] = [
    ['get', '/dahdi/channels', undefined, none],
    ['get', '/dahdi/channels?line=1', undefined, none],
    ['get', '/dahdi/channels?line=x', undefined, 'invalid-request'],
    ['get', '/dahdi/status', undefined, none],
    ['put', '/dahdi/channels/1/dnd', undefined, none],
    ['put', '/dahdi/channels/x/dnd', undefined, 'invalid-request'],
    ['delete', '/dahdi/channels/1/dnd', undefined, none],
    ['post', '/dahdi/channels/1/dial', { number: '5551234' }, none],
    ['post', '/dahdi/channels/1/dial', { number: 'Anna' }, 'invalid-request'],
    ['post', '/dahdi/channels/1/hangup', undefined, none],
    ['post', '/dahdi/channels/1/transfer', undefined, none],
    ['post', '/dahdi/restart', undefined, none],
    ['get', '/pri/spans', undefined, none],
    ['put', '/pri/spans/1/debug', { level: 'hex' }, none],
    ['put', '/pri/spans/1/debug', { level: 3 }, none],
    ['put', '/pri/spans/1/debug', { level: 'loud' }, 'invalid-request'],
    ['put', '/pri/debug-file', { file: 'pri.log' }, none],
    ['put', '/pri/debug-file', { file: '/etc/passwd' }, 'invalid-request'],
    ['delete', '/pri/debug-file', undefined, none],
    ['get', '/meetme', undefined, none],
    ['get', '/meetme/1000/participants', undefined, none],
    ['put', '/meetme/1000/participants/1/mute', undefined, none],
    ['delete', '/meetme/1000/participants/1/mute', undefined, none],
    ['get', '/mwi/100', undefined, none],
    ['get', '/sip/peers', undefined, sip(200)],
    ['get', '/sip/peer-statuses', undefined, sip(200)],
    ['get', '/sip/registrations', undefined, sip(200)],
    ['get', '/sip/peers/nosuch', undefined, sip('no-such-peer')],
    ['get', '/sip/peers/nosuch/status', undefined, sip('no-such-peer')],
    ['post', '/sip/peers/nosuch/qualify', undefined, sip('no-such-peer')],
    ['post', '/sip/peers/nosuch/notify', notify, sip('no-such-peer')],
    ['post', '/sip/peers/nosuch/notify', {}, 'invalid-request'],
  ];

  it.each(rows)('%s %s %j gives what it should', (...row) => check(row));

  it.runIf(asterisk.release === 16)('tell of a peer of chan_sip that the configuration was given', async () => {
    const append = (name: string, value: string) => ({ op: 'append', category: 'desk-1', name, value });
    await check(['patch', '/config/sip.conf', { operations: [{ op: 'newCategory', category: 'desk-1' }, append('type', 'peer'), append('host', '127.0.0.1'), append('port', '9'), append('secret', 'desk-secret'), append('context', 'private')], reload: 'chan_sip.so' }, 204]); // prettier-ignore
    await expect.poll(async () => (await ask('get', '/sip/peers')).body.items, { timeout: 5_000 }).toContainEqual(expect.objectContaining({ objectName: 'desk-1', channeltype: 'SIP' })); // prettier-ignore
    const { body: peer } = await ask('get', '/sip/peers/desk-1');
    expect(peer).toMatchObject({ objectName: 'desk-1', context: 'private', secretExist: 'Y' });
    expect(JSON.stringify(peer)).not.toContain('desk-secret');
    expect((await ask('get', '/sip/peers/desk-1/status')).body).toMatchObject({ peer: 'SIP/desk-1' });
    const sees = gateway.as('read:all', { channels: ['SIP/desk-1'] });
    const other = gateway.as('read:all', { channels: ['SIP/desk-2'] });
    expect((await sees.get('/sip/peers').expect(200)).body.total).toBe(1);
    expect((await other.get('/sip/peers').expect(200)).body.total).toBe(0);
    expect((await other.get('/sip/peers/desk-1').expect(403)).body.code).toBe('limit-exceeded');
    await check(['post', '/sip/peers/desk-1/qualify', undefined, 204]);
    await check(['post', '/sip/peers/desk-1/notify', notify, 204]);
    await check(['patch', '/config/sip.conf', { operations: [{ op: 'deleteCategory', category: 'desk-1' }], reload: 'chan_sip.so' }, 204]); // prettier-ignore
  });

  it('are refused to whoever sees only some of it', async () => {
    const narrow = gateway.as('read:all write:all', { channels: ['PJSIP/nobody*'] });
    const refused: [Method, string, object?][] = [
      ['put', '/dahdi/channels/1/dnd'],
      ['post', '/dahdi/restart'],
      ['get', '/pri/spans'],
      ['get', '/skinny/devices'],
      ['get', '/sip/registrations'],
      ['post', '/sip/peers/desk-1/notify', notify],
      ['put', '/meetme/1000/participants/1/mute'],
      ['post', '/jabber/messages', { client: 'a', to: 'b@c', message: 'c' }],
      ['post', '/sorcery-caches/a/expire'],
    ];
    for (const [method, path, body] of refused) {
      const { status, body: answer } = await narrow[method](path, body);
      expect([status, answer.code], path).toEqual([403, 'limit-exceeded']);
    }
  });
});
