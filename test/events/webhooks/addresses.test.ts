import { describe, expect, it } from 'vitest';
import { createAddressRule, parseReceiverUrl } from '../../../src/events/webhooks/addresses.ts';

const strict = createAddressRule([]);

describe('addresses webhooks may connect to', () => {
  it.each(['8.8.8.8', '93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::ffff:8.8.8.8'])(
    'has %s',
    (address) => {
      expect(strict.mayConnect(address)).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '168.63.129.16',
    '::ffff:168.63.129.16',
    '172.31.255.255',
    '192.0.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2001:0:7f00:1::',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'not an address',
    '',
  ])('has not %s', (address) => {
    expect(strict.mayConnect(address)).toBe(false);
  });

  it('has what the operator lists, in either way of writing, and no more', () => {
    const rule = createAddressRule(['10.1.0.0/16', '192.168.5.5', 'fd00:1::/32', '::1']);
    const allowed = ['10.1.255.1', '::ffff:10.1.2.3', '192.168.5.5', 'fd00:1::5', '::1'];
    expect(allowed.filter((address) => !rule.mayConnect(address))).toEqual([]);
    const others = ['10.2.0.1', '192.168.5.6', 'fd00:2::5', '127.0.0.1', '64:ff9b::a01:203'];
    expect(others.filter((address) => rule.mayConnect(address))).toEqual([]);
  });
});

describe("a receiver's URL", () => {
  it.each(['https://crm.example.com/x?y=1', 'http://crm.example.com:8080/', 'https://[2606:4700::1111]/', 'https://1.1.1.1:443'])(
    'can be %s',
    (url) => {
      expect(parseReceiverUrl(url, strict).href).toContain('://');
    },
  ); // prettier-ignore

  it.each([
    'ftp://crm.example.com/',
    'file:///etc/passwd',
    'crm.example.com',
    'https://user:secret@crm.example.com/',
    'https://user@crm.example.com/',
    'http://crm.example.com:22/',
    'http://crm.example.com:25/',
    'http://crm.example.com:5038/',
    'http://127.0.0.1/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://017700000001/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://0/',
  ])('cannot be %s', (url) => {
    expect(() => parseReceiverUrl(url, strict)).toThrow(expect.objectContaining({ code: 'url-not-allowed' }));
  });
});
