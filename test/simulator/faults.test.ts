import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/index.ts';
import { eventually } from '../helpers/asterisk.ts';
import { openRaw, type Raw } from './raw.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const BANNER = 'Asterisk Call Manager/11.0.0\r\n';

describe('a fault of the simulator', () => {
  let simulator: Simulator;
  let clients: Raw[];
  let done: string[];

  beforeEach(async () => {
    clients = [];
    done = [];
    simulator = await startSimulator({
      scenario: {
        users: { gateway: { secret: 'x' } },
        contexts: { lab: { answer: ['Answer', 'Wait(60)'] } },
      },
      onAction: (name, get) => done.push(`${name} ${get('ActionID')}`),
    });
  });
  afterEach(async () => {
    for (const { socket } of clients) socket.destroy();
    await simulator.close();
  });

  const open = (): Raw => {
    const raw = openRaw(simulator.port);
    clients.push(raw);
    return raw;
  };
  const loggedIn = async (events = 'off'): Promise<Raw> => {
    const raw = open();
    await raw.until(BANNER);
    raw.send('Login', 'login', `Username: gateway\r\nSecret: x\r\nEvents: ${events}\r\n`);
    await raw.until('Authentication accepted');
    return raw;
  };
  const ask = async (raw: Raw, id: string) => {
    raw.send('Ping', id);
    return raw.until(`ActionID: ${id}\r\nPing: Pong`);
  };

  it('named delay keeps every reply back, and their order', async () => {
    const raw = await loggedIn();
    const end = simulator.faults.inject({ kind: 'delay', ms: 300 });
    const started = performance.now();
    raw.send('Ping', 'a');
    raw.send('Ping', 'b');
    const text = await raw.until('ActionID: b');
    expect(performance.now() - started).toBeGreaterThan(280);
    expect(text.indexOf('ActionID: a')).toBeLessThan(text.indexOf('ActionID: b'));
    end();
    expect(simulator.faults.active).toEqual([]);
    await ask(raw, 'c');
  });

  it('named freeze takes nothing and says nothing until it ends, to new connections neither', async () => {
    const raw = await loggedIn();
    const end = simulator.faults.inject({ kind: 'freeze' });
    raw.send('Ping', 'a');
    const other = open();
    await sleep(200);
    expect(done).toEqual([]);
    expect(raw.text()).not.toContain('ActionID: a');
    expect(other.text()).toBe('');
    end();
    await raw.until('ActionID: a');
    await other.until(BANNER);
  });

  it('named half-open accepts and never greets', async () => {
    const raw = await loggedIn();
    const end = simulator.faults.inject({ kind: 'half-open' });
    const other = open();
    await eventually(() => {
      expect(simulator.faults.lines).toHaveLength(2);
    });
    other.send('Ping', 'a');
    end();
    await sleep(100);
    expect(other.text()).toBe('');
    expect(other.closed()).toBe(false);
    await ask(raw, 'b');
  });

  it('named cut-mid-frame ends within a reply', async () => {
    const raw = await loggedIn();
    simulator.faults.inject({ kind: 'cut-mid-frame', action: 'Ping' });
    const before = raw.bytes();
    raw.send('Ping', 'a');
    await raw.gone();
    expect(raw.bytes()).toBeGreaterThan(before);
    expect(raw.text()).not.toMatch(/ActionID: a\r\n[^]*\r\n\r\n/);
    expect(simulator.faults.active).toEqual([]);
  });

  it('named cut-before-reply carries the action out and ends', async () => {
    const raw = await loggedIn();
    simulator.faults.inject({ kind: 'cut-before-reply', action: 'Setvar' });
    await ask(raw, 'a');
    raw.send('Setvar', 'b', 'Variable: V\r\nValue: 1\r\n');
    await raw.gone();
    expect(raw.text()).not.toContain('ActionID: b');
    expect(simulator.box.globals.get('V')).toBe('1');
  });

  it('named cut-after-write drops the action and ends', async () => {
    const raw = await loggedIn();
    simulator.faults.inject({ kind: 'cut-after-write', action: 'Setvar' });
    raw.send('Setvar', 'b', 'Variable: V\r\nValue: 1\r\n');
    await raw.gone();
    expect(simulator.box.globals.get('V')).toBeUndefined();
    expect(done).toEqual([]);
  });

  it('named duplicate-reply answers twice, as often as asked for', async () => {
    const raw = await loggedIn();
    simulator.faults.inject({ kind: 'duplicate-reply', times: 2 });
    for (const id of ['a', 'b', 'c']) await ask(raw, id);
    const count = (id: string) => raw.text().split(`ActionID: ${id}\r\n`).length - 1;
    expect(['a', 'b', 'c'].map(count)).toEqual([2, 2, 1]);
  });

  it('named reply-out-of-order lets the next reply overtake one', async () => {
    const raw = await loggedIn();
    simulator.faults.inject({ kind: 'reply-out-of-order' });
    raw.send('Ping', 'a');
    raw.send('Ping', 'b');
    const text = await raw.until('ActionID: a');
    expect(text.indexOf('ActionID: b')).toBeLessThan(text.indexOf('ActionID: a'));
  });

  it('named forged-frames sends what nobody asked for: at once, or behind a reply', async () => {
    const raw = await loggedIn();
    simulator.faults.inject({ kind: 'forged-frames', frame: 'response' });
    await raw.until('ActionID: 00000000-forged');
    simulator.faults.inject({ kind: 'forged-frames', frame: 'event', action: 'Ping' });
    expect(raw.text()).not.toContain('Event:');
    await ask(raw, 'a');
    await raw.until('Event: Hangup');
  });

  it('named garbage sends random bytes', async () => {
    const raw = await loggedIn();
    const before = raw.bytes();
    simulator.faults.inject({ kind: 'garbage', bytes: 1_000 });
    await eventually(() => {
      expect(raw.bytes() - before).toBe(1_000);
    });
    await ask(raw, 'a');
  });

  it('named byte-by-byte comes in many pieces and whole', async () => {
    const raw = await loggedIn();
    simulator.faults.inject({ kind: 'byte-by-byte' });
    const before = raw.chunks();
    const text = await ask(raw, 'a');
    expect(text).toContain('Response: Success\r\nActionID: a\r\nPing: Pong\r\n');
    expect(raw.chunks() - before).toBeGreaterThan(10);
  });

  it('named long-list makes a list of 10 MB whose count is right', async () => {
    const raw = await loggedIn();
    raw.send('Originate', 'o', 'Channel: Local/answer@lab/n\r\nApplication: Wait\r\nData: 60\r\nAsync: true\r\n');
    await raw.until('successfully queued');
    await eventually(() => {
      expect(simulator.box.channels.size).toBe(2);
    });
    simulator.faults.inject({ kind: 'long-list', action: 'CoreShowChannels' });
    raw.send('CoreShowChannels', 'l');
    await eventually(() => {
      expect(raw.bytes()).toBeGreaterThan(10 * 1024 * 1024);
    });
    const text = await raw.until('Event: CoreShowChannelsComplete');
    const items = text.split('Event: CoreShowChannel\r\n').length - 1;
    expect(text).toContain(`ListItems: ${items}\r\n`);
  }, 30_000);

  it('named event-flood sends so many events a second, to those who want events', async () => {
    const [quiet, listening] = [await loggedIn(), await loggedIn('call')];
    const end = simulator.faults.inject({ kind: 'event-flood', perSecond: 1_000 });
    await sleep(500);
    end();
    const count = listening.text().split('Event: Flood').length - 1;
    expect(count).toBeGreaterThan(300);
    expect(count).toBeLessThan(800);
    expect(quiet.text()).not.toContain('Flood');
  });

  it('named permissions-changed shows from the next login on', async () => {
    const raw = await loggedIn();
    const end = simulator.faults.inject({ kind: 'permissions-changed', user: 'gateway', write: 'call' });
    raw.send('Originate', 'a', 'Channel: Local/answer@lab\r\n');
    expect(await raw.until('ActionID: a')).not.toContain('Permission denied');
    const later = await loggedIn();
    later.send('Originate', 'b', 'Channel: Local/answer@lab\r\n');
    await later.until('Permission denied');
    end();
    const last = await loggedIn();
    last.send('Originate', 'c', 'Channel: Local/answer@lab\r\n');
    expect(await last.until('ActionID: c')).not.toContain('Permission denied');
  });

  it('named restart drops all, forgets all and listens again on the same port', async () => {
    const raw = await loggedIn();
    const place = async (client: Raw) => {
      client.send('Originate', 'o', 'Channel: Local/answer@lab/n\r\nApplication: Wait\r\nData: 60\r\nAsync: true\r\n');
      return eventually(() => {
        const [first] = [...simulator.box.channels.values()];
        expect(first?.name).toBeDefined();
        return first?.name;
      });
    };
    raw.send('Setvar', 'b', 'Variable: V\r\nValue: 1\r\n');
    const name = await place(raw);
    simulator.faults.inject({ kind: 'restart', downMs: 300 });
    await raw.gone();
    const refused = open();
    await refused.gone();
    expect(refused.text()).toBe('');
    await sleep(400);
    expect(simulator.box.channels.size).toBe(0);
    expect(simulator.box.globals.size).toBe(0);
    expect(await place(await loggedIn())).toBe(name);
  });

  it('named login-refused refuses whoever knows the secret', async () => {
    const end = simulator.faults.inject({ kind: 'login-refused' });
    const raw = open();
    raw.send('Login', 'login', 'Username: gateway\r\nSecret: x\r\n');
    await raw.until('Authentication failed');
    await raw.gone();
    end();
    await loggedIn();
  });

  it('named acl-close closes before the greeting', async () => {
    const end = simulator.faults.inject({ kind: 'acl-close' });
    const raw = open();
    await raw.gone();
    expect(raw.text()).toBe('');
    end();
    await loggedIn();
  });

  it('named authlimit closes without greeting beyond so many that have not logged in', async () => {
    await loggedIn();
    simulator.faults.inject({ kind: 'authlimit', most: 1 });
    const stranger = open();
    await stranger.until(BANNER);
    const second = open();
    await second.gone();
    expect(second.text()).toBe('');
    stranger.socket.destroy();
    await eventually(() => {
      expect(simulator.faults.lines).toHaveLength(1);
    });
    await loggedIn();
  });

  it('strikes the connections it was meant for alone', async () => {
    const [first, second] = [await loggedIn(), await loggedIn('call')];
    const end = simulator.faults.inject({ kind: 'freeze' }, { on: ({ events }) => events });
    second.send('Ping', 'b');
    await ask(first, 'a');
    expect(second.text()).not.toContain('ActionID: b');
    end();
    await second.until('ActionID: b');
  });
});
