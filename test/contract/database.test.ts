import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEachPbx } from '../helpers/asterisk.ts';
import { type Headers, loggedIn, openAmi, type RawAmi } from '../helpers/raw-ami.ts';
import { limitedSecret } from '../lab/config.ts';

describeEachPbx('AstDB over AMI', (pbx) => {
  let ami: RawAmi;
  beforeAll(async () => {
    ami = await loggedIn(pbx);
  });
  afterAll(async () => {
    for (const Family of ['Contract', 'Contract2']) await ami.ask('DBDelTree', { Family });
    ami.close();
  });

  const answer = async (action: string, headers: Headers) => {
    const reply = await ami.ask(action, headers);
    return `${reply.get('Response')} ${reply.get('Message')}`;
  };
  const put = (Family: string, Key: string, Val: string) => answer('DBPut', { Family, Key, Val });
  /** What is below a place, and the number the list says it has. */
  const tree = async (headers: Headers) => {
    const [reply, ...rest] = await ami.list('DBGetTree', headers);
    expect(reply?.names).toEqual(['Response', 'ActionID', 'EventList', 'Message']);
    const complete = rest.pop();
    expect(complete?.names).toEqual(['Event', 'ActionID', 'EventList', 'ListItems']);
    for (const item of rest) expect(item.names).toEqual(['Event', 'Key', 'Val', 'ActionID']);
    return { count: Number(complete?.get('ListItems')), items: rest.map((item) => `${item.get('Key')}=${item.get('Val')}`) }; // prettier-ignore
  };
  const value = async (Variable: string) => (await ami.ask('Getvar', { Variable })).get('Value');

  it.each([
    ['DBPut', {}, 'No family specified'],
    ['DBPut', { Key: 'k' }, 'No family specified'],
    ['DBPut', { Family: 'Contract' }, 'No key specified'],
    ['DBGet', {}, 'No family specified.'],
    ['DBGet', { Family: 'Contract' }, 'No key specified.'],
    ['DBGet', { Family: 'Contract', Key: 'none' }, 'Database entry not found'],
    ['DBDel', { Key: 'k' }, 'No family specified.'],
    ['DBDel', { Family: 'Contract' }, 'No key specified.'],
    ['DBDel', { Family: 'Contract', Key: 'none' }, 'Database entry could not be deleted'],
    ['DBDelTree', {}, 'No family specified.'],
    ['DBDelTree', { Family: 'ContractNone' }, 'Database entry not found'],
  ])('refuses %s %j', async (action, headers, message) => {
    expect(await answer(action, headers as Headers)).toBe(`Error ${message}`);
  });

  it('keeps a value, and gives it as an item', async () => {
    expect(await put('Contract', 'k', 'v1, "q"')).toBe('Success Updated database successfully');
    const [reply, item, complete] = await ami.list('DBGet', { Family: 'Contract', Key: 'k' });
    expect(reply?.headers.slice(2)).toEqual([['EventList', 'start'], ['Message', 'Result will follow']]); // prettier-ignore
    expect(item?.headers.slice(0, -1)).toEqual([['Event', 'DBGetResponse'], ['Family', 'Contract'], ['Key', 'k'], ['Val', 'v1, "q"']]); // prettier-ignore
    expect(item?.names.at(-1)).toBe('ActionID');
    expect([complete?.get('Event'), complete?.get('ListItems')]).toEqual(['DBGetComplete', '1']);
    expect(await answer('DBGet', { Family: 'contract', Key: 'k' })).toBe('Error Database entry not found');
    expect(await answer('DBPut', { Family: 'Contract', Key: 'empty' })).toBe('Success Updated database successfully');
    expect((await ami.list('DBGet', { Family: 'Contract', Key: 'empty' }))[1]?.get('Val')).toBe('');
    expect(await answer('DBDel', { Family: 'Contract', Key: 'k' })).toBe('Success Key deleted successfully');
    expect(await answer('DBGet', { Family: 'Contract', Key: 'k' })).toBe('Error Database entry not found');
    await ami.ask('DBDelTree', { Family: 'Contract' });
  });

  it('lists and deletes trees, in any case and with % as SQL has it', async () => {
    await put('Contract', 'z', '1');
    await put('Contract', 'Aa', '2');
    await put('Contract/sub', 'a/b', '3');
    await put('Contract2', 'q', '4');
    const own = ['/Contract/Aa=2', '/Contract/sub/a/b=3', '/Contract/z=1'];
    const one = pbx.release === 16;
    expect(await tree({ Family: 'Contract' })).toEqual({ count: one ? 1 : 3, items: own });
    expect(await tree({ Family: 'cONTRACT' })).toEqual({ count: one ? 1 : 3, items: own });
    expect(await tree({ Family: 'Contract', Key: 'sub' })).toEqual({ count: 1, items: own.slice(1, 2) });
    expect(await tree({ Family: 'Contract', Key: 'z' })).toEqual({ count: 1, items: own.slice(2) });
    expect(await tree({ Family: 'C_ntract%', Key: 'q' })).toEqual({ count: 1, items: ['/Contract2/q=4'] });
    expect(await tree({ Family: 'ContractNone' })).toEqual({ count: one ? 1 : 0, items: [] });
    expect((await tree({})).items).toEqual(expect.arrayContaining([...own, '/Contract2/q=4']));
    expect(await value('DB_KEYS(Contract)')).toBe('Aa,sub,z');
    expect(await answer('DBDelTree', { Family: 'Contract', Key: 'sub' })).toBe('Success Key tree deleted successfully');
    expect((await tree({ Family: 'Contract' })).items).toEqual(['/Contract/Aa=2', '/Contract/z=1']);
    expect(await answer('DBDelTree', { Family: 'contract' })).toBe('Success Key tree deleted successfully');
    expect((await tree({ Family: 'Contract2' })).items).toEqual(['/Contract2/q=4']);
  });

  it('takes a key of more than 255 signs on 22 only', async () => {
    const [Family, Key] = ['Contract', 'k'.repeat(245)];
    expect(await put(Family, Key, '1')).toBe('Success Updated database successfully');
    const refused = pbx.release === 16 ? 'Error Failed to update entry' : 'Success Updated database successfully';
    expect(await put(Family, `${Key}kk`, '1')).toBe(refused);
    await ami.ask('DBDelTree', { Family });
  });

  it('tells through Getvar whether there is a value, but not the value', async () => {
    await put('Contract', 'k', 'secret');
    expect(await value('DB_EXISTS(Contract/k)')).toBe('1');
    expect(await value('DB_EXISTS(Contract/none)')).toBe('0');
    expect(await value('DB(Contract/k)')).toBe('');
    expect(await answer('Setvar', { Variable: 'DB(Contract/k)', Value: 'x' })).toBe('Error Variable not set');
    expect((await ami.list('DBGet', { Family: 'Contract', Key: 'k' }))[1]?.get('Val')).toBe('secret');
  });

  it('asks for system to write, and for system or reporting to read', async () => {
    const other = await openAmi(pbx);
    await other.login('limited', limitedSecret, { Events: 'off' });
    for (const action of ['DBPut', 'DBGet', 'DBGetTree', 'DBDel', 'DBDelTree']) {
      expect((await other.ask(action)).get('Message')).toBe('Permission denied');
    }
    other.close();
    const commands = await ami.ask('ListCommands');
    expect(commands.get('DBPut')).toBe('Put DB entry.  (Priv: system,all)');
    expect(commands.get('DBGetTree')).toBe('Get DB entries, optionally at a particular family/key  (Priv: system,reporting,all)'); // prettier-ignore
  });
});
