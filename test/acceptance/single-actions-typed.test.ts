import { expect, it } from 'vitest';
import { describeEachAsterisk } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';
import { createAsker } from '../helpers/single-actions.ts';

describeEachAsterisk('routes that are one action, read', (asterisk) => {
  const gateway = useGateway({ pbx: { port: asterisk.amiPort, secret: asterisk.secret } });
  const { ask } = createAsker(gateway, { release: asterisk.release, limits: { databaseFamilies: ['route-test'] } });
  const member = encodeURIComponent('Local/route@lab');

  it('tell what Asterisk knows, typed and without secrets', async () => {
    await ask('post', '/queues/support-queue/members', { interface: 'Local/route@lab', name: 'Route', penalty: 3 });
    await ask('put', `/queues/support-queue/members/${member}/pause`, { paused: true, reason: 'lunch' });
    const { body: members } = await ask('get', '/queues/support-queue/members');
    expect(members.items).toContainEqual(expect.objectContaining({ name: 'Route', location: 'Local/route@lab', penalty: 3, paused: true, pausedReason: 'lunch' })); // prettier-ignore
    await ask('delete', `/queues/support-queue/members/${member}`);
    await ask('put', '/database/route-test/name', { value: 'Anna, "B"' });
    expect((await ask('get', '/database/route-test/name')).body).toMatchObject({ family: 'route-test', key: 'name', value: 'Anna, "B"' }); // prettier-ignore
    expect((await ask('get', '/database/route-test')).body.items).toEqual([
      { family: 'route-test', key: 'name', value: 'Anna, "B"' },
    ]);
    await ask('delete', '/database/route-test');
    const { body: endpoint } = await ask('get', '/endpoints/agent001');
    expect(JSON.stringify(endpoint)).not.toContain('lab-phone-secret');
    expect(endpoint).toMatchObject({
      objectName: 'agent001',
      aors: 'agent001',
      iceSupport: false,
      maxAudioStreams: 1,
      aorDetails: [{ objectName: 'agent001', maxContacts: 5, qualifyTimeout: 3, supportPath: false, totalContacts: 0 }],
      authDetails: [{ username: 'agent001', nonceLifetime: 32 }],
    });
    expect((await ask('get', '/mailboxes/100%40default')).body).toMatchObject({ newMessages: 0, oldMessages: 0 });
    expect((await ask('get', '/fax/stats')).body).toMatchObject({
      currentSessions: expect.any(Number) as number,
      failedFaxes: expect.any(Number) as number,
    });
    expect((await ask('get', '/parking-lots')).body.items).toContainEqual(
      expect.objectContaining({ name: 'default', startSpace: 701, stopSpace: 720 }),
    );
    const { body: technologies } = await ask('get', '/bridge-technologies');
    expect(technologies.items[0]).toMatchObject({
      bridgeSuspended: false,
      bridgePriority: expect.any(Number) as number,
    });
    const { body: auths } = await ask('get', '/auths');
    expect(auths.items[0]).toMatchObject({ objectName: 'agent001', username: 'agent001' });
    expect(auths.items[0]).not.toHaveProperty('password');
    expect((await ask('get', '/queue-rules?name=lab-rule')).body.items).toEqual([
      { name: 'lab-rule', rules: [{ afterSeconds: 30, maxPenalty: '+1', minPenalty: '+0' }] },
    ]);
    expect((await ask('get', '/queue-rules?name=nosuch')).body.items).toEqual([]);
    const { body: pong } = await ask('get', '/ping');
    expect(pong).toEqual({ ping: 'Pong', timestamp: expect.stringMatching(/^20\d\d-.*\.\d{3}Z$/) as string });
    expect((await ask('get', '/extension-states/hints/lamp')).body).toMatchObject({ hint: 'Custom:lamp', extension: 'lamp', status: expect.any(Number) as number }); // prettier-ignore
  });
});
