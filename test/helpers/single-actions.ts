import { expect } from 'vitest';
import type { useGateway } from './gateway.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** Status or code expected; by release where they differ. */
export type Expected = number | string | { 16: number | string; 22: number | string };
export type Row = [method: Method, path: string, body: object | undefined, what: Expected];

type Gateway = ReturnType<typeof useGateway>;

/** Asks one route after another; the outcome is the status of a success, and otherwise the code. */
export const createAsker = (
  gateway: Gateway,
  { release, limits }: { release: 16 | 22; limits: NonNullable<Parameters<Gateway['as']>[1]> },
) => {
  const ask = async (method: Method, path: string, body?: object) => {
    const answer = await gateway.as('read:all write:all', limits)[method](path, body);
    return { outcome: answer.status < 300 ? answer.status : (answer.body.code as string), body: answer.body };
  };
  return {
    ask,
    async check([method, path, body, what]: Row) {
      const { outcome, body: answer } = await ask(method, path, body);
      expect(outcome, `${method} ${path} ${JSON.stringify(answer)}`).toBe(
        typeof what === 'object' ? what[release] : what,
      );
      expect(Object.keys(answer.items?.[0] ?? {})).not.toEqual(expect.arrayContaining(['actionID']));
    },
  };
};
