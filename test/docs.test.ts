import { expect, it } from 'vitest';
import { actionsTable } from './helpers/actions-table.ts';

it('docs/actions.md lists every action with its scopes and routes', async () => {
  await expect(await actionsTable()).toMatchFileSnapshot('../docs/actions.md');
});
