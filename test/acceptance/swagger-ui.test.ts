import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { eventually } from '../helpers/asterisk.ts';
import { chromium, openPage } from '../helpers/browser.ts';
import { clientFor, startGateway } from '../helpers/gateway.ts';

const CONF = `[general]
enabled = yes
[anna]
secret = a-secret-of-anna-0123456789
read = call
`;
/** React looks at inputs through the setter of the element itself. */
const type = (selector: string, text: string) => `(() => {
  const input = document.querySelector('${selector}');
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, '${text}');
  input.dispatchEvent(new Event('input', { bubbles: true }));
  return input.value;
})()`;
const OF_MANAGER_CONF = `[...document.querySelectorAll('.auth-container')].find((one) => one.textContent.includes('managerConf'))`;
const [pbx] = inject('simulators');

describe.skipIf(chromium === undefined)(`Swagger UI${chromium ? '' : ': LEFT OUT, no Chromium'}`, () => {
  it('logs in as a user of manager.conf, wrong secrets told, and holds its token', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'swagger-'));
    writeFileSync(join(folder, 'manager.conf'), CONF);
    const gateway = await startGateway({ pbx: { port: pbx!.amiPort, secret: pbx!.secret }, managerConf: join(folder, 'manager.conf') }); // prettier-ignore
    const page = await openPage(`${gateway.url}/docs/`);
    const click = (expression: string) =>
      eventually(async () => {
        expect(await page.evaluate(`(${expression}).click() ?? 'clicked'`)).toBe('clicked');
      }, 20_000);
    try {
      await click(`document.querySelector('.auth-wrapper .authorize')`);
      await eventually(async () => {
        expect(await page.evaluate(type('#client_id_clientCredentials', 'anna'))).toBe('anna');
      });
      await page.evaluate(type('#client_secret_clientCredentials', 'wrong'));
      await click(`${OF_MANAGER_CONF}.querySelector('.authorize')`);
      await eventually(async () => {
        expect(await page.evaluate(`${OF_MANAGER_CONF}.textContent`)).toContain('invalid_client');
      });
      await page.evaluate(type('#client_secret_clientCredentials', 'a-secret-of-anna-0123456789'));
      await click(`${OF_MANAGER_CONF}.querySelector('.authorize')`);
      await eventually(async () => {
        expect(await page.evaluate(`${OF_MANAGER_CONF}.textContent`)).toContain('Logout');
      });
      const token = await page.evaluate(
        `JSON.parse(localStorage.getItem("authorized")).managerConf.token.access_token`,
      );
      expect((await clientFor(gateway.url, String(token)).get('/me').expect(200)).body.sub).toBe('ami:anna');
    } finally {
      await page.close();
      await gateway.close();
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
