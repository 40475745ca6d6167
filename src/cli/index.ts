#!/usr/bin/env node
import { Command } from 'commander';
import { ConfigError } from '../config.ts';
import { isGatewayError } from '../lib/errors.ts';
import { serve } from '../server.ts';
import { version } from '../version.ts';
import { verifyAudit } from './audit-verify.ts';
import { doctor } from './doctor/doctor.ts';
import { printLeastPrivilege } from './least-privilege/least-privilege.ts';
import { newAction, type NewAction } from './new-action.ts';
import { writeOpenapi } from './openapi.ts';
import { simulate } from './simulate.ts';
import { printToken, type TokenArguments } from './token.ts';

const program = new Command('ami-gateway')
  .description('REST gateway to the Asterisk Manager Interface')
  .version(version);

program.command('serve').description('run the gateway').action(serve);

program
  .command('token')
  .description('sign a token with JWT_SECRET or JWT_KEY_FILE and print it, and nothing else')
  .requiredOption('--sub <name>', 'who the token is for')
  .requiredOption('--scope <scopes>', 'space-separated scopes, such as "write:originate read:call"')
  .option('--ttl <time>', 'how long it is valid: 45s, 30m, 1h, 90d', '1h')
  .option('--limits <json>', 'what narrows it, such as \'{"contexts":["from-internal"]}\'')
  .option('--dial-context <context>', 'where its click-to-dial calls go, in place of CLICK_TO_DIAL_CONTEXT')
  .option('--dial-caller-id <text>', 'what they show, in place of CLICK_TO_DIAL_CALLER_ID')
  .option('--dial-region <country>', 'country of its numbers without country code, such as NL')
  .action((options: TokenArguments) => {
    printToken(options);
  });

program
  .command('doctor')
  .description('look at the configuration and at each PBX as the service would, and say what to change')
  .option('--manager-conf <file>', "Asterisk's manager.conf, to look at it too; MANAGER_CONF where absent")
  .option('--json', 'findings as JSON')
  .action(doctor);

program
  .command('least-privilege')
  .description('print a section of manager.conf for the account of the gateway, with no more than it needs')
  .option('--routes <routes>', 'that are used: operation ids or "METHOD /path", with commas between; all where absent')
  .option('--scopes <scopes>', 'that tokens will hold: nothing they cannot do is granted')
  .option('--actions <names>', 'AMI actions sent by POST /actions/{name}, with commas between')
  .option('--events <names>', 'events wanted, such as "call.*,queue.*"; without it those the routes and scopes show')
  .option('--release <release>', 'Asterisk 16 or 22', '22')
  .option('--name <name>', 'of the account', 'gateway')
  .action(printLeastPrivilege);

program
  .command('simulate')
  .description('run a simulated Asterisk that speaks AMI, for those who write AMI clients')
  .option('--port <port>', 'AMI port on 127.0.0.1', '5038')
  .option('--release <release>', 'which Asterisk it is: 16 or 22', '22')
  .option('--calls-per-minute <rate>', 'background traffic', '0')
  .option('--admin-port <port>', 'HTTP port on 127.0.0.1 to switch faults on and off')
  .option('--tls-port <port>', 'AMI over TLS on 127.0.0.1, with --tls-cert and --tls-key')
  .option('--tls-cert <file>', 'PEM certificate')
  .option('--tls-key <file>', 'PEM key')
  .option('--scenario <file>', 'JSON file: users, extensions, phones, queues (docs/simulator.md)')
  .action(simulate);

program
  .command('audit-verify')
  .description('read the whole audit trail and prove that nothing in it was changed, put in or taken out')
  .option('--store <url>', 'in place of STORE_URL')
  .option('--head <seq:hash>', 'a record noted elsewhere that must be in it: what was cut off at the end shows only so')
  .action(verifyAudit);

program
  .command('openapi')
  .description('write openapi/openapi.json from the routes')
  .option('--check', 'change nothing; fail where the file differs')
  .action(writeOpenapi);

program
  .command('new-action')
  .description('for who works on the gateway: write the declaration of an AMI action, and a test to be filled in')
  .argument('<name>', 'as Asterisk spells it, such as QueueFoo')
  .requiredOption('--area <file>', 'file of src/ami/actions it belongs to, such as queue')
  .requiredOption('--classes <classes>', 'of manager.conf, with commas between: one of them is wanted')
  .option('--fields <fields>', 'names of its required fields, with commas between')
  .option('--changes', 'it changes something', false)
  .action((name: string, options: Omit<NewAction, 'name'>) => {
    for (const file of newAction(process.cwd(), { ...options, name })) console.log(file);
  });

try {
  await program.parseAsync();
} catch (error) {
  const expected = error instanceof ConfigError || isGatewayError(error);
  console.error(expected ? error.message : error);
  // Whatever a command had opened before it failed must not keep it alive.
  process.exit(1);
}
