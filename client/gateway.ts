import createClient from 'openapi-fetch';
import type { components, paths } from './generated/ami-gateway.d.ts';

type Problem = components['schemas']['Problem'];
type Verdict = components['schemas']['Verdict'];

export const connect = (baseUrl: string, token: string) =>
  createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });

/** The gateway said no; `problem.code` tells why. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }
}

/** Without `dryRun` there is no verdict. */
type Wanted<Data> = [Exclude<Data, Verdict>] extends [never] ? undefined : Exclude<Data, Verdict>;

/** What was asked for, or a Refused. */
export const done = async <Data>(answer: Promise<{ data?: Data; error?: Problem }>) => {
  const { data, error } = await answer;
  if (error) throw new Refused(error);
  return data as Wanted<Data>;
};
