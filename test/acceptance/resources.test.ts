import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeEachAsterisk, describeEachPbx, eventually } from '../helpers/asterisk.ts';
import { startGateway, useGateway } from '../helpers/gateway.ts';
import { startProxy } from '../helpers/proxy.ts';

describeEachPbx('variables, commands, queues and servers', (server) => {
  const { amiPort: port, secret, release } = server;
  const gateway = useGateway({ pbx: { port, secret } });
  const operator = () => gateway.as('write:originate write:call read:agent');
  const call = async (channel = 'Local/tone@lab') =>
    (await operator().post('/calls', { channel, application: 'Wait', data: '60' }).set('prefer', 'wait=5').expect(201))
      .body as { id: string; channelId: string };

  it('sets and reads variables of a channel and global ones, verbatim', async () => {
    const { id, channelId } = await call();
    const value = String.raw`a,"b",c\d(e [f ${'{'}x} é; 100%`;
    for (const path of [`/channels/${channelId}/variables/note`, '/variables/LAB_NOTE']) {
      expect((await operator().get(path)).body.value).toBeNull();
      await operator().put(path, { value }).expect(200);
      expect((await operator().get(path)).body.value).toBe(value);
      await operator().put(path, { value: '' }).expect(200);
      expect((await operator().get(path)).body.value).toBeNull();
    }
    const callerId = `/channels/${channelId}/variables/${encodeURIComponent('CALLERID(num)')}`;
    await operator().put(callerId, { value: '555' }).expect(200);
    expect((await operator().get(callerId)).body).toEqual({ name: 'CALLERID(num)', value: '555' });
    await operator().delete(`/calls/${id}`);
  });

  it('runs CLI commands that the token lists', async () => {
    const cli = gateway.as('write:command', { commands: ['core show'] });
    const { body } = await cli.post('/commands', { command: 'Core  Show version' }).expect(200);
    expect(body.output.join('\n')).toContain(`Asterisk ${release}.`);
    const unknown = await cli.post('/commands', { command: 'core show nosuchthing' }).expect(422);
    expect(unknown.body.output[0]).toContain('No such command');
  });

  it('shows queues with members and waiting callers', async () => {
    const { id, channelId } = await call('Local/queue@lab');
    const summaries = await operator().get('/queues').expect(200);
    expect(summaries.body.items.map(({ name }: { name: string }) => name).sort()).toEqual(
      expect.arrayContaining(['empty-queue', 'sales-queue', 'support-queue']),
    );
    await eventually(async () => {
      const { body } = await operator().get('/queues/support-queue').expect(200);
      expect(body.callers).toHaveLength(1);
      const nobody = { number: null, name: null };
      expect(body.callers[0]).toMatchObject({ position: 1, channelId: `${channelId};2`, caller: nobody, connectedLine: nobody }); // prettier-ignore
      expect(body.callers[0].waitSeconds).toBeGreaterThanOrEqual(0);
      expect(body.members[0]).toMatchObject({ name: 'Agent One', interface: 'Local/ring@lab', paused: false });
      expect(body.members[0].fields).toEqual({ loginTime: expect.stringMatching(/^20.*Z$/) as string });
      expect(body.fields).toEqual({ servicelevelPerf2: expect.any(Number) });
    });
    const waiting = async (sub: string) =>
      (await gateway.as('read:agent', { own: true }, sub).get('/queues/support-queue').expect(200)).body.callers;
    expect(await waiting('test')).toHaveLength(1);
    expect(await waiting('somebody else')).toHaveLength(0);
    expect((await operator().get('/queues/empty-queue').expect(200)).body).toMatchObject({ members: [], callers: [] });
    expect((await operator().get('/queues/nosuch').expect(404)).body.code).toBe('no-such-queue');
    await operator().delete(`/calls/${id}`);
  });

  it('shows only the queues a token lists', async () => {
    const sales = gateway.as('read:agent', { queues: ['sales-*'] });
    expect((await sales.get('/queues').expect(200)).body.items.map(({ name }: { name: string }) => name)).toEqual([
      'sales-queue',
    ]);
    await sales.get('/queues/sales-queue').expect(200);
    expect((await sales.get('/queues/support-queue').expect(403)).body).toMatchObject({ limit: 'queues' });
  });

  it('describes the server', async () => {
    const { body } = await gateway.as('read:reporting').get('/pbx').expect(200);
    expect(body.items[0]).toMatchObject({
      name: 'default',
      state: 'ready',
      release: server.version,
      lastError: null,
    });
    expect(body.items[0].pool).toMatchObject({ size: 3, open: 3 });
    expect(body.items[0].actions).toEqual(expect.arrayContaining(['Originate', 'Hangup', 'QueueStatus']));
    expect(body.items[0].actions.includes('Monitor')).toBe(release === 16);
    expect(body.items[0].uptimeSeconds).toBeGreaterThanOrEqual(0);
    expect(body.items[0].currentCalls).toBeTypeOf('number');
  });

  it('exposes figures to those who may see them', async () => {
    await gateway.as('read:all').get('/metrics').expect(403);
    await gateway.as('read:agent').get('/queues').expect(200);
    const { text } = await gateway.as('gateway:metrics').get('/metrics').expect(200);
    expect(text).toMatch(
      /gateway_http_request_seconds_count\{operation="queues.list",method="GET",status="200"\} [1-9]/,
    );
    expect(text).toMatch(/gateway_ami_action_seconds_count\{pbx="default",action="QueueSummary",outcome="ok"\} [1-9]/);
    expect(text).toContain('gateway_pbx_ready{pbx="default"} 1');
  });
});

describeEachAsterisk('recordings', ({ amiPort: port, secret, spoolDir, release }) => {
  const gateway = useGateway({ pbx: { port, secret } });
  const operator = () => gateway.as('write:originate write:call');
  const call = async (channel = 'Local/tone@lab') =>
    (await operator().post('/calls', { channel, application: 'Wait', data: '60' }).set('prefer', 'wait=5').expect(201))
      .body as { id: string; channelId: string };

  it('records, mutes, lists and stops, and leaves the file', async () => {
    const { id, channelId } = await call();
    const name = `rec-${release}-${channelId}`;
    const path = `/channels/${channelId}/recordings`;
    const started = await operator()
      .post(path, { file: `team/${name}` })
      .expect(201);
    expect(started.body).toMatchObject({ files: [`team/${name}.wav`], muted: false, mix: true });
    expect(started.headers['location']).toBe(`${path}/${started.body.id}`);
    const apart = await operator().post(path, { mix: false, format: 'ulaw' }).expect(201);
    expect(apart.body.files).toHaveLength(2);

    const muted = await operator().patch(`${path}/${started.body.id}`, { muted: true, direction: 'read' }).expect(200);
    expect(muted.body).toMatchObject({ muted: true, direction: 'read' });
    const listed = await operator().get(path).expect(200);
    expect(listed.body.items).toEqual([muted.body, apart.body]);

    const file = join(spoolDir, 'monitor', 'team', `${name}.wav`);
    await eventually(() => {
      expect(statSync(file).size).toBeGreaterThan(2_000);
    });
    await operator().delete(`${path}/${started.body.id}`).expect(204);
    await operator().delete(`${path}/${started.body.id}`).expect(404);
    expect((await operator().get(path)).body.items).toEqual([apart.body]);
    for (const part of apart.body.files) expect(existsSync(join(spoolDir, 'monitor', part))).toBe(true);
    const size = await eventually(() => statSync(file).size);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(statSync(file).size).toBe(size);
    await operator().delete(`/calls/${id}`);
  });

  it('adds to a file of the same name, and destroys nothing', async () => {
    const { id, channelId } = await call();
    const path = `/channels/${channelId}/recordings`;
    const file = join(spoolDir, 'monitor', 'same', `${channelId}.wav`);
    const sizes: number[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { body } = await operator()
        .post(path, { file: `same/${channelId}` })
        .expect(201);
      await eventually(() => {
        expect(statSync(file).size).toBeGreaterThan((sizes[0] ?? 0) + 2_000);
      });
      await operator().delete(`${path}/${body.id}`).expect(204);
      sizes.push(statSync(file).size);
    }
    // By the name of the action as well, with no word of appending in it.
    const action = { Channel: channelId, File: `same/${channelId}.wav` };
    await operator().post('/actions/MixMonitor', action).expect(200);
    await operator().post('/actions/StopMixMonitor', { Channel: channelId }).expect(200);
    await operator().delete(`/calls/${id}`);
    expect(statSync(file).size).toBeGreaterThanOrEqual(sizes[1] ?? Infinity);
  });

  it('knows each recording of several that were started and stopped at once', async () => {
    const { id, channelId } = await call();
    const { body: channel } = await operator().get(`/channels/${channelId}`).expect(200);
    const paths = [channelId, encodeURIComponent(channel.name as string)].map((ref) => `/channels/${ref}/recordings`);
    const started = await Promise.all([...paths, ...paths].map((path, count) => operator().post(path, { file: `c/${channelId}-${count}` }))); // prettier-ignore
    expect(started.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const ids = started.map(({ body }) => body.id as string);
    const listed = async () => (await operator().get(paths[0] ?? '')).body.items.map((one: { id: string }) => one.id);
    expect((await listed()).sort()).toEqual([...ids].sort());
    const stopped = await Promise.all(ids.map((one, count) => operator().delete(`${paths[count % 2]}/${one}`)));
    expect(stopped.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect(await listed()).toEqual([]);
    await operator().delete(`/calls/${id}`);
  });

  it('keeps the note of one whose start got no answer: it may run, and has to be stopped', async () => {
    const proxy = await startProxy(port);
    const shaky = await startGateway({ pbx: { port: proxy.port, secret } });
    await shaky.ready();
    const { id, channelId } = await call();
    const path = `/channels/${channelId}/recordings`;
    let actionId = 'none yet';
    proxy.onRequest = (text) => {
      actionId = /Action: MixMonitor\r\nActionID: (\S+)/.exec(text)?.[1] ?? actionId;
      return text;
    };
    proxy.onReply = (text) => (text.includes(actionId) ? null : text);
    const { body } = await shaky.as('write:call').post(path, {}).expect(504);
    expect(body.code).toBe('outcome-unknown');
    const { items } = (await operator().get(path).expect(200)).body;
    expect(items).toHaveLength(1);
    await operator().delete(`${path}/${items[0].id}`).expect(204);
    await shaky.close();
    await proxy.close();
    await operator().delete(`/calls/${id}`);
  });

  it('refuses one recording too many before it begins', async () => {
    const { id, channelId } = await call();
    const path = `/channels/${channelId}/recordings`;
    const statuses: number[] = [];
    for (let count = 0; count < 8; count += 1) statuses.push((await operator().post(path, {})).status);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThanOrEqual(3);
    expect(statuses.at(-1)).toBe(409);
    const running = (await operator().get(path)).body.items;
    expect(running).toHaveLength(statuses.filter((status) => status === 201).length);
    for (const recording of running) await operator().delete(`${path}/${recording.id}`).expect(204);
    await operator().delete(`/calls/${id}`);
  });
});

describeEachAsterisk('a server reached by TLS', ({ tlsPort: port, secret, caFile }) => {
  const gateway = useGateway({ pbx: { port, secret, tls: true, host: 'localhost' }, caFile });

  it('is logged in to with its certificate verified', async () => {
    await gateway.as('read:agent').get('/queues').expect(200);
  });
});
