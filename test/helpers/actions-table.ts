import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { declarations } from '../../src/ami/actions/registry.ts';
import { scopesFor } from '../../src/auth/scopes.ts';

interface Operation {
  description?: string;
}

const json = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));

const RELEASES = { '16.28.0': '16', '22.10.1': '22', master: 'master' } as const;

/** Routes whose description begins with the AMI actions they send. */
const routesOf = (action: string): string[] => {
  const { paths } = json('openapi/openapi.json') as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { description = '' }]) => new RegExp(`^AMI [^.]*\\b${action}\\b`).test(description))
      .map(([method]) => `\`${method.toUpperCase()} ${path}\``),
  );
};

/** docs/actions.md: every action, where it is, what it needs, and by which route. */
export const actionsTable = (): Promise<string> => {
  const source = json('test/fixtures/actions-source.json') as Record<keyof typeof RELEASES, Record<string, unknown>>;
  const rows = declarations
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((declaration) => {
      const { name, internal } = declaration;
      const releases = Object.entries(RELEASES).flatMap(([key, label]) =>
        name in source[key as keyof typeof RELEASES] ? [label] : [],
      );
      const scopes = internal ? '–' : scopesFor(declaration).map((scope) => `\`${scope}\``).join(' '); // prettier-ignore
      const routes = internal ? "the gateway's own" : [...routesOf(name), `\`POST /actions/${name}\``].join(', ');
      return `| ${name} | ${releases.join(', ')} | ${scopes} | ${routes} |`;
    });
  const text = `# Every AMI action

Made from the declarations and the routes; \`npx vitest run test/docs.test.ts -u\` writes it anew. A token needs any one of
the scopes; what its limits say comes on top ([security.md](security.md)). Where a PBX does not have an action its routes answer
\`501 action-unavailable\`, with \`alternative\` where there is one. \`GET /actions\` tells the same of a live server.
No action of any release puts a call on hold; \`POST /channels/{id}/park\` and \`PUT /channels/{id}/mute\` come near.

| action | releases | scopes | routes |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
  return format(text, { parser: 'markdown', printWidth: 120 });
};
