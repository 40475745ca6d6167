import { afterEach, beforeEach, expect, it } from 'vitest';
import { loggedIn, type RawAmi } from '../helpers/raw-ami.ts';
import { startSimulator, type Simulator } from '../../src/simulator/index.ts';

let simulator: Simulator;
let ami: RawAmi;

beforeEach(async () => {
  simulator = await startSimulator({
    scenario: {
      users: { gateway: { secret: 'x' } },
      endpoints: { anna: { after: 0.1 }, off: { does: 'unregistered' } },
      hints: { office: { '11': 'PJSIP/anna', '12': 'PJSIP/anna&PJSIP/off' } },
    },
  });
  ami = await loggedIn({ amiPort: simulator.port, secret: 'x' }, { Events: 'call' });
});
afterEach(async () => {
  ami.close();
  await simulator.close();
});

it('follows the channels of a phone', async () => {
  const call = { Channel: 'PJSIP/anna', Application: 'Wait', Data: '0.2', Async: 'true' };
  await ami.ask('Originate', call);
  await ami.until((frame) => frame.get('Device') === 'PJSIP/anna' && frame.get('State') === 'INUSE');
  await ami.ask('Originate', call);
  await ami.until((frame) => frame.get('Device') === 'PJSIP/anna' && frame.get('State') === 'NOT_INUSE');
  const seen = (event: string, who: [string, string], what: string) =>
    ami.frames.flatMap((frame) => (frame.get('Event') === event && frame.get(who[0]) === who[1] ? [frame.get(what)] : [])); // prettier-ignore
  const states = ['RINGING', 'INUSE', 'RINGINUSE', 'INUSE', 'NOT_INUSE'];
  expect(seen('DeviceStateChange', ['Device', 'PJSIP/anna'], 'State')).toEqual(states);
  const texts = ['Ringing', 'InUse', 'InUse&Ringing', 'InUse', 'Idle'];
  expect(seen('ExtensionStatus', ['Exten', '11'], 'StatusText')).toEqual(texts);
  expect(seen('ExtensionStatus', ['Exten', '12'], 'StatusText')).toEqual(texts);
});

it('keeps AstDB, and with it custom devices, through a restart', async () => {
  await ami.ask('Setvar', { Variable: 'DEVICE_STATE(Custom:lamp)', Value: 'BUSY' });
  simulator.faults.inject({ kind: 'restart', downMs: 50 });
  await ami.gone();
  await new Promise((resolve) => setTimeout(resolve, 150));
  ami = await loggedIn({ amiPort: simulator.port, secret: 'x' });
  const items = await ami.list('DeviceStateList');
  expect(items.find((item) => item.get('Device') === 'Custom:lamp')?.get('State')).toBe('BUSY');
});
