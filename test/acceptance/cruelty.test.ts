import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type supertest from 'supertest';
import type { Fault, FaultScope } from '../../src/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { eventually } from '../helpers/asterisk.ts';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { labSecret } from '../lab/config.ts';
import { labScenario } from '../lab/simulators.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const TIMEOUT_MS = 1_000;
const toActions: FaultScope = { on: ({ events, authenticated }) => authenticated && !events };
const toEvents: FaultScope = { on: ({ events, authenticated }) => authenticated && events };

describe.each([16, 22] as const)('what the gateway makes of a cruel Asterisk %i', (release) => {
  let simulator: Simulator;
  let gateway: TestGateway;
  let originated: string[];
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown) => rejections.push(reason);

  beforeAll(() => void process.on('unhandledRejection', onRejection));
  afterAll(() => void process.off('unhandledRejection', onRejection));
  beforeEach(async () => {
    originated = [];
    simulator = await startSimulator({
      scenario: labScenario,
      release,
      onAction: (name, get) => {
        if (name === 'Originate') originated.push(get('ChannelId'));
      },
    });
    await start(TIMEOUT_MS);
  });
  afterEach(async () => {
    await gateway.close();
    await simulator.close();
    expect(new Set(originated).size).toBe(originated.length);
    expect(rejections).toEqual([]);
  });

  const start = async (timeoutMs: number) => {
    gateway = await startGateway({ pbx: { port: simulator.port, secret: labSecret }, timeoutMs });
    await gateway.ready();
    await whole();
  };
  const patient = async () => {
    await gateway.close();
    await start(10_000);
  };
  const client = () => gateway.as('write:originate write:call read:system');
  const inject = (fault: Fault, scope?: FaultScope) => simulator.faults.inject(fault, scope);
  const server = async () => (await client().get('/pbx').expect(200)).body.items[0];
  const whole = () =>
    eventually(async () => {
      const { pool, state } = await server();
      expect({ state, open: pool.open }).toEqual({ state: 'ready', open: pool.size });
    });
  /** Full again within 5 s, and right. */
  const recovers = async () => {
    await whole();
    await eventually(async () => {
      const value = `${Math.random()}`;
      await client().put('/variables/LAB_AFTER', { value }).expect(200);
      expect((await client().get('/variables/LAB_AFTER').expect(200)).body.value).toBe(value);
    }, 1_000);
  };
  const code = async (test: supertest.Test) => {
    const { status, body } = await test;
    return status < 300 ? 'ok' : `${status} ${body.code}`;
  };
  const read = (name = 'LAB_A') => client().get(`/variables/${name}`);
  const write = (value = 'b') => client().put('/variables/LAB_B', { value });
  const place = (channel = 'Local/answer@lab/n') =>
    client().post('/calls', { channel, application: 'Wait', data: '600' });
  const ended = (id: string, disposition: string, ms = 12_000) =>
    eventually(async () => {
      const { body } = await client().get(`/calls/${id}`).expect(200);
      expect(body).toMatchObject({ status: 'ended', disposition });
      return body;
    }, ms);

  it('delay: waits as long as it may, then says ami-timeout and outcome-unknown', async () => {
    let end = inject({ kind: 'delay', ms: 300 });
    expect(await code(read())).toBe('ok');
    end();
    end = inject({ kind: 'delay', ms: TIMEOUT_MS + 500 }, toActions);
    const [asked, written] = await Promise.all([code(read()), code(write())]);
    expect([asked, written]).toEqual(['504 ami-timeout', '504 outcome-unknown']);
    end();
    await recovers();
  });

  it('freeze: gives late replies to nobody else', async () => {
    await client().put('/variables/LAB_A', { value: 'a' }).expect(200);
    await write('b');
    const end = inject({ kind: 'freeze' });
    expect(await Promise.all([code(read()), code(write('c'))])).toEqual(['504 ami-timeout', '504 outcome-unknown']);
    expect(await code(read())).toBe('503 pool-saturated');
    end();
    await eventually(async () => {
      const values = await Promise.all(['A', 'B', 'A', 'B'].map((name) => read(`LAB_${name}`).expect(200)));
      expect(values.map(({ body }) => body.value)).toEqual(['a', 'c', 'a', 'c']);
    });
    await recovers();
  });

  it('half-open: is back once it ends', async () => {
    const end = inject({ kind: 'half-open' });
    inject({ kind: 'cut-before-reply', times: 2 }, toActions);
    await Promise.all([code(read()), code(read())]);
    await sleep(2_500);
    end();
    await recovers();
  });

  it('cut-mid-frame: asks a read again, and says of a write that it does not know', async () => {
    inject({ kind: 'cut-mid-frame', action: 'Getvar' });
    expect(await code(read())).toBe('ok');
    await recovers();
    inject({ kind: 'cut-mid-frame', action: 'Setvar' });
    expect(await code(write())).toBe('504 outcome-unknown');
    await recovers();
    inject({ kind: 'cut-mid-frame', action: 'Getvar', times: 2 });
    expect(await code(read())).toBe('503 pbx-unavailable');
    await recovers();
  });

  it('cut-before-reply: finds the call that was dialled, and never dials again', async () => {
    inject({ kind: 'cut-before-reply', action: 'Originate' });
    const { body } = await place().expect(504);
    expect(body.code).toBe('outcome-unknown');
    await recovers();
    await eventually(async () => {
      expect((await client().get(`/calls/${body.callId}`)).body.status).toBe('answered');
    });
    expect(originated).toHaveLength(1);
    await client().delete(`/calls/${body.callId}`).expect(204);
    await ended(body.callId, 'answered');
  });

  it('cut-after-write: ends the call that was never dialled', async () => {
    inject({ kind: 'cut-after-write', action: 'Originate' });
    const { body } = await place().expect(504);
    expect(body.code).toBe('outcome-unknown');
    await recovers();
    await ended(body.callId, 'unknown');
    expect(originated).toEqual([]);
  });

  it.each(['duplicate-reply', 'reply-out-of-order'] as const)('%s: trusts none of it', async (kind) => {
    await client().put('/variables/LAB_A', { value: 'a' }).expect(200);
    await write('b');
    const end = inject({ kind, action: 'Getvar', times: 4 }, toActions);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        read(index % 2 ? 'LAB_B' : 'LAB_A').then((answer) => ({ index, answer })),
      ),
    );
    for (const { index, answer } of answers) {
      if (answer.status === 200) expect(answer.body.value).toBe(index % 2 ? 'b' : 'a');
      else expect(['ami-desync', 'pbx-unavailable', 'ami-timeout']).toContain(answer.body.code);
    }
    expect(answers.some(({ answer }) => answer.body.code === 'ami-desync')).toBe(true);
    end();
    await recovers();
    expect((await server()).unexpectedFrames).toBeGreaterThan(0);
  });

  it.each(['response', 'event'] as const)('forged-frames: drops a connection with a forged %s', async (frame) => {
    inject({ kind: 'forged-frames', frame, action: 'Setvar' }, toActions);
    expect(await code(write())).toBe('502 ami-desync');
    await recovers();
    inject({ kind: 'forged-frames', frame, action: 'Originate' }, toActions);
    const { body } = await place().expect(504);
    expect(body.code).toBe('outcome-unknown');
    await recovers();
    await client().delete(`/calls/${body.callId}`).expect(204);
    await ended(body.callId, 'answered');
    inject({ kind: 'forged-frames', frame });
    await recovers();
  });

  it('garbage: delivers nothing of it', async () => {
    inject({ kind: 'garbage', action: 'Setvar' }, toActions);
    expect(['502 ami-desync', '504 outcome-unknown']).toContain(await code(write()));
    await recovers();
    inject({ kind: 'garbage' }, toActions);
    await code(read());
    await recovers();
  });

  it('garbage on the event connection: the call still ends', async () => {
    const { body } = await place().expect(201);
    await eventually(async () => {
      expect((await client().get(`/calls/${body.id}`)).body.status).toBe('answered');
    });
    // The event that comes next is the Hangup, and it is lost in the garbage.
    inject({ kind: 'garbage', bytes: 100 }, toEvents);
    const channel = simulator.box.find(body.channelId);
    if (channel) simulator.box.hangUp(channel, 16);
    await eventually(async () => {
      expect((await client().get(`/calls/${body.id}`)).body.status).toBe('ended');
    }, 12_000);
  });

  it('byte-by-byte: reads it all the same', async () => {
    const end = inject({ kind: 'byte-by-byte' });
    const { body } = await place('Local/busy@lab/n').expect(201);
    await ended(body.id, 'busy');
    await recovers();
    end();
  });

  it('long-list: gives 10 MB by pages', async () => {
    await place().expect(201);
    await eventually(() => {
      expect(simulator.box.channels.size).toBe(2);
    });
    inject({ kind: 'long-list', action: 'CoreShowChannels' });
    const { body } = await client().get('/channels').expect(200);
    expect(body.total).toBeGreaterThan(10_000);
    await recovers();
  });

  it('long-list: refuses more items than it holds', async () => {
    await patient();
    await place().expect(201);
    await eventually(() => {
      expect(simulator.box.channels.size).toBe(2);
    });
    inject({ kind: 'long-list', action: 'CoreShowChannels', bytes: 80 * 1024 * 1024 });
    expect(await code(client().get('/channels'))).toBe('502 list-too-long');
    await recovers();
  }, 60_000);

  it('event-flood: stays quick and follows its calls', async () => {
    const end = inject({ kind: 'event-flood', perSecond: 5_000 });
    const { body } = await place('Local/busy@lab/n').expect(201);
    await ended(body.id, 'busy');
    const started = performance.now();
    await read().expect(200);
    expect(performance.now() - started).toBeLessThan(500);
    end();
    await recovers();
  });

  it('permissions-changed: says what the account lacks', async () => {
    const end = inject({ kind: 'permissions-changed', user: 'gateway', write: 'call,reporting,system' });
    inject({ kind: 'restart', downMs: 200 });
    await sleep(100);
    await eventually(async () => {
      expect(await code(place())).toBe('502 ami-permission-denied');
    });
    end();
    inject({ kind: 'restart', downMs: 200 });
    await sleep(100);
    await recovers();
    await place().expect(201);
  });

  it('restart: ends the calls it took along and never mistakes a new channel for an old call', async () => {
    const { body } = await place().expect(201);
    await eventually(async () => {
      expect((await client().get(`/calls/${body.id}`)).body.status).toBe('answered');
    });
    inject({ kind: 'restart', downMs: 1_000 });
    await sleep(500);
    expect(await code(read())).toBe('503 pbx-unavailable');
    await sleep(500);
    await recovers();
    await ended(body.id, 'unknown');
    const { body: next } = await place().expect(201);
    await eventually(async () => {
      expect((await client().get(`/calls/${next.id}`)).body.status).toBe('answered');
    });
  });

  it.each([{ kind: 'acl-close' }, { kind: 'authlimit', most: 0 }] satisfies Fault[])(
    '$kind: is back once it ends',
    async (fault) => {
      const end = inject(fault);
      inject({ kind: 'restart', downMs: 100 });
      await sleep(2_000);
      expect(await code(read())).toBe('503 pbx-unavailable');
      end();
      await recovers();
    },
  );

  it('login-refused: does not hammer, and is back when it ends', async () => {
    await patient();
    const end = inject({ kind: 'login-refused' });
    inject({ kind: 'restart', downMs: 100 });
    await sleep(2_500);
    expect((await server()).lastError).toBe('Asterisk refused the AMI login');
    end();
    await eventually(whole, 40_000);
  }, 60_000);
});
