import { expect, it } from 'vitest';
import { describeEachAsterisk } from '../helpers/asterisk.ts';
import { useGateway } from '../helpers/gateway.ts';
import { createAsker, type Row } from '../helpers/single-actions.ts';

describeEachAsterisk('routes of configuration files and caches', (asterisk) => {
  const gateway = useGateway({ pbx: { port: asterisk.amiPort, secret: asterisk.secret } });
  const limits = { configFiles: ['routes*.conf', 'queue*.conf', 'nosuch.conf'] };
  const { ask, check } = createAsker(gateway, { release: asterisk.release, limits });
  const change = (...operations: object[]) => ask('patch', '/config/routes.conf', { operations });
  const append = (category: string, name: string, value: string) => ({ op: 'append', category, name, value });

  const rows: Row[] = [
    ['get', '/config/nosuch.conf', undefined, 'no-such-file'],
    ['get', '/config/nosuch.conf/json', undefined, 'no-such-file'],
    ['get', '/config/nosuch.conf/categories', undefined, 'no-such-file'],
    ['patch', '/config/nosuch.conf', { operations: [append('a', 'b', 'c')] }, 'no-such-file'],
    ['get', '/config/manager.conf', undefined, 'limit-exceeded'],
    ['get', `/config/${encodeURIComponent('../queues.conf')}`, undefined, 'invalid-request'],
    ['post', '/config', { file: 'extensions.conf' }, 'limit-exceeded'],
    ['post', '/config', { file: '../routes.conf' }, 'invalid-request'],
    [
      'patch',
      '/config/queues.conf',
      { operations: [append('a', 'b', 'c')], writeTo: 'manager.conf' },
      'limit-exceeded',
    ],
    ['patch', '/config/queues.conf', { operations: [] }, 'invalid-request'],
    ['patch', '/config/queues.conf', { operations: [{ op: 'explode', category: 'a' }] }, 'invalid-request'],
    ['patch', '/config/queues.conf', { operations: [append('a', '#exec', 'id')] }, 'invalid-request'],
    ['patch', '/config/queues.conf', { operations: [append('a', 'b', 'c\r\n#exec id')] }, 'forbidden-character'],
    ['patch', '/config/queues.conf', { operations: [{ op: 'newCategory', category: 'a](!' }] }, 'invalid-request'],
    ['post', '/sorcery-caches/nosuch/expire', undefined, 'no-such-cache'],
    ['post', '/sorcery-caches/nosuch/stale', undefined, 'no-such-cache'],
    ['post', '/sorcery-caches/nosuch/populate', undefined, 'no-such-cache'],
    ['post', '/sorcery-caches/nosuch/objects/x/expire', undefined, 'no-such-cache'],
    ['post', '/sorcery-caches/nosuch/objects/x/stale', { reload: true }, 'no-such-cache'],
    ['post', '/sorcery-caches/nosuch/objects/x/stale', undefined, 'no-such-cache'],
  ];

  it.each(rows)('%s %s %j gives what it should', (...row) => check(row));

  it('read files in their order, by category and by what is in them', async () => {
    const { body: whole } = await ask('get', '/config/queues.conf');
    expect(whole.items[0]).toEqual({ name: 'general', template: false, inherits: [], lines: [{ name: 'persistentmembers', value: 'no' }] }); // prettier-ignore
    const { body: names } = await ask('get', '/config/queues.conf/categories');
    expect(names.items.map(({ name }: { name: string }) => name)).toEqual(whole.items.map(({ name }: { name: string }) => name)); // prettier-ignore
    const { body: linear } = await ask('get', '/config/queues.conf?filter=strategy%3Dlinear');
    expect(linear.items.map(({ name }: { name: string }) => name)).toEqual(['linear-queue']);
    const members = linear.items[0].lines.filter(({ name }: { name: string }) => name === 'member');
    expect(members.map(({ value }: { value: string }) => value)).toEqual(['Local/agent-busy@lab/n,0,Bert', 'Local/ring@lab/n,0,Rita', 'Local/agent-answer@lab/n,0,Anna']); // prettier-ignore
    expect((await ask('get', '/config/queues.conf?category=nosuch')).body.items).toEqual([]);
    expect((await ask('get', '/config/queues.conf/json?category=linear-queue')).body).toEqual({
      'linear-queue': expect.objectContaining({ strategy: 'linear', member: 'Local/agent-answer@lab/n,0,Anna' }),
    });
    expect((await gateway.as('read:all', limits).get('/config/queues.conf').expect(403)).body.code).toBe('insufficient-scope'); // prettier-ignore
  });

  it('create a file, change it, and leave it alone where one operation does not fit', async () => {
    await check(['post', '/config', { file: 'routes.conf' }, 204]);
    await check(['post', '/config', { file: 'routes.conf' }, 'file-exists']);
    expect((await ask('get', '/config/routes.conf')).body.items).toEqual([]);
    expect((await ask('get', '/config/routes.conf/categories')).body.items).toEqual([]);

    const made = await change(
      { op: 'newCategory', category: 'base', template: true },
      { ...append('base', 'codec', 'ulaw'), where: 'TEMPLATES=include' },
      { op: 'newCategory', category: 'desk', inherits: ['base'] },
      append('desk', 'type', 'auth'),
      append('desk', 'note', 'a;b "c" = d'),
      append('desk', 'object', '>1'),
      { op: 'newCategory', category: 'second' },
      append('second', 'type', 'aor'),
      { op: 'renameCategory', category: 'second', to: 'desk' },
    );
    expect(made.outcome, JSON.stringify(made.body)).toBe(204);
    const read = async () => (await ask('get', '/config/routes.conf?filter=TEMPLATES%3Dinclude')).body.items;
    const before = await read();
    const line = (name: string, value: string) => ({ name, value });
    const desk = [line('codec', 'ulaw'), line('type', 'auth'), line('note', 'a;b "c" = d'), line('object', '1')];
    expect(before).toEqual([
      { name: 'base', template: true, inherits: [], lines: [line('codec', 'ulaw')] },
      { name: 'desk', template: false, inherits: ['base'], lines: desk },
      { name: 'desk', template: false, inherits: [], lines: [line('type', 'aor')] },
    ]);

    const refused = [
      { op: 'newCategory', category: 'base' },
      { op: 'newCategory', category: 'x', inherits: ['nosuch'] },
      { op: 'deleteCategory', category: 'nosuch' },
      { op: 'emptyCategory', category: 'nosuch' },
      { op: 'renameCategory', category: 'nosuch', to: 'x' },
      append('nosuch', 'a', 'b'),
      { op: 'update', category: 'base', name: 'codec', value: 'alaw', oldValue: 'g722' },
      { op: 'delete', category: 'base', name: 'nosuch' },
    ];
    for (const operation of refused) {
      const { outcome, body } = await change(append('desk', 'spoilt', '1'), operation);
      expect(outcome, `${JSON.stringify(operation)} ${JSON.stringify(body)}`).toBe('config-not-changed');
    }
    expect(await read()).toEqual(before);

    const aor = { category: 'desk', where: 'type=aor' };
    const changed = await change(
      { op: 'update', ...aor, name: 'type', value: 'contact', oldValue: 'aor' },
      { op: 'insert', category: 'desk', where: 'type=contact', name: 'first', value: '1', line: 0 },
      { op: 'renameCategory', category: 'desk', where: 'type=contact', to: 'contact' },
      { op: 'emptyCategory', category: 'base', where: 'TEMPLATES=include' },
    );
    expect(changed.outcome, JSON.stringify(changed.body)).toBe(204);
    expect(await read()).toEqual([
      { name: 'base', template: true, inherits: [], lines: [] },
      { name: 'desk', template: false, inherits: ['base'], lines: desk },
      { name: 'contact', template: false, inherits: [], lines: [line('first', '1'), line('type', 'contact')] },
    ]);

    const twice = await change(
      { op: 'deleteCategory', category: 'contact' },
      { op: 'delete', category: 'desk', name: 'note' },
      { op: 'delete', category: 'desk', name: 'object', oldValue: '1' },
      { op: 'newCategory', category: 'desk', allowDuplicate: true },
      append('desk', 'in', 'both'),
    );
    expect(twice.outcome, JSON.stringify(twice.body)).toBe(204);
    expect((await ask('get', '/config/routes.conf')).body.items).toEqual([
      { name: 'desk', template: false, inherits: ['base'], lines: [...desk.slice(0, 2), line('in', 'both')] },
      { name: 'desk', template: false, inherits: [], lines: [line('in', 'both')] },
    ]);
  });

  it('write to another file, which has to exist', async () => {
    const copy = { operations: [{ op: 'newCategory', category: 'copied' }], writeTo: 'routes-copy.conf' };
    await check(['patch', '/config/queuerules.conf', copy, 'no-such-file']);
    await check(['post', '/config', { file: 'routes-copy.conf' }, 204]);
    await check(['patch', '/config/queuerules.conf', copy, 204]);
    const { body } = await ask('get', '/config/routes-copy.conf/categories');
    expect(body.items).toEqual([{ name: 'lab-rule' }, { name: 'copied' }]);
    expect((await ask('get', '/config/queuerules.conf/categories')).body.items).toEqual([{ name: 'lab-rule' }]);
  });
});
