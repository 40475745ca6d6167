import { GatewayError } from '../../lib/errors.ts';
import { renderOpenapi } from '../openapi.ts';
import { needsOf } from './needs.ts';
import { operationsOf } from './operations.ts';
import { renderSection } from './section.ts';

export interface LeastPrivilegeArguments {
  routes?: string;
  scopes?: string;
  actions?: string;
  events?: string;
  release: string;
  name: string;
}

const refuse = (message: string): never => {
  throw new GatewayError('invalid-request', message);
};

const words = (text: string | undefined): string[] | undefined =>
  text?.split(',').map((word) => word.trim()).filter((word) => word !== ''); // prettier-ignore

/** The section, for options as they are typed. Throws `invalid-request`. */
export const leastPrivilege = async (options: LeastPrivilegeArguments): Promise<string> => {
  const { name, scopes } = options;
  const release =
    options.release === '16' || options.release === '22' ? options.release : refuse('--release takes 16 or 22');
  if (!/^[\w.-]{1,79}$/.test(name) || /^general$/i.test(name)) refuse(`--name: ${name} is no name of an account`);
  const [routes, actions, events] = [words(options.routes), words(options.actions), words(options.events)];
  const needs = needsOf({ routes, scopes, actions, events, release }, operationsOf(await renderOpenapi()));
  const given = [
    ...(routes ? [`routes ${routes.join(', ')}`] : []),
    ...(scopes === undefined ? [] : [`tokens with ${scopes.trim().split(/[\s,]+/).join(' ')}`]),
    ...(actions ? [`actions ${actions.join(', ')}`] : []),
    ...(events ? [`events ${events.join(', ')}`] : []),
  ]; // prettier-ignore
  const everything = ['every route, except POST /actions/{name} with actions that no other route sends'];
  const purpose = routes || actions || scopes !== undefined ? given : [...everything, ...given];
  return renderSection({ name, release, purpose, needs });
};

export const printLeastPrivilege = async (options: LeastPrivilegeArguments): Promise<void> => {
  process.stdout.write(await leastPrivilege(options));
};
