import { z } from 'zod';
import { type Resource, resource, text } from '../routes/resources.ts';

const lot = { lot: text.describe('Name of the parking lot') };
const agent = { agent: text.describe('Id of the agent').meta({ example: '1001' }) };
const place = { context: text, extension: text };

/** Parking, agents, and the states of phones: what an operator looks at. */
export const switchboardResources: readonly Resource[] = [
  resource({
    route: 'GET /parking-lots',
    id: 'parkingLots.list',
    tag: 'Parking',
    summary: 'Parking lots',
    action: 'Parkinglots',
    gives: 'list',
  }),
  resource({
    route: 'GET /parking-lots/:lot/calls',
    id: 'parkingLots.calls',
    tag: 'Parking',
    summary: 'Calls parked in a lot',
    action: 'ParkedCalls',
    params: lot,
    fields: ({ params }) => ({ ParkingLot: params.lot }),
    gives: 'list',
  }),
  resource({
    route: 'GET /parked-calls',
    id: 'parkedCalls.list',
    tag: 'Parking',
    summary: 'Parked calls of every lot',
    action: 'ParkedCalls',
    gives: 'list',
  }),
  resource({
    route: 'GET /agents',
    id: 'agents.list',
    tag: 'Agents',
    summary: 'Agents of app_agent_pool',
    action: 'Agents',
    gives: 'list',
  }),
  resource({
    route: 'DELETE /agents/:agent/session',
    id: 'agents.logOff',
    tag: 'Agents',
    summary: 'Log an agent off',
    action: 'AgentLogoff',
    params: agent,
    query: { soft: z.stringbool().default(false).describe('After the present call') },
    fields: ({ params, query }) => ({ Agent: params.agent, Soft: query.soft }),
    gives: 'done',
  }),
  resource({
    route: 'GET /device-states',
    id: 'deviceStates.list',
    tag: 'States',
    summary: 'States of devices',
    action: 'DeviceStateList',
    gives: 'list',
  }),
  resource({
    route: 'GET /extension-states',
    id: 'extensionStates.list',
    tag: 'States',
    summary: 'States of extensions with a hint',
    action: 'ExtensionStateList',
    gives: 'list',
    emptyOn: ['nothing-found'],
  }),
  resource({
    route: 'GET /extension-states/:context/:extension',
    id: 'extensionStates.get',
    tag: 'States',
    summary: 'State of an extension',
    notes: 'An extension without a hint has the status -1.',
    action: 'ExtensionState',
    params: place,
    fields: ({ params }) => ({ Context: params.context, Exten: params.extension }),
    gives: 'one',
  }),
  resource({
    route: 'GET /presence-states',
    id: 'presenceStates.list',
    tag: 'States',
    summary: 'Presence states',
    action: 'PresenceStateList',
    gives: 'list',
  }),
  resource({
    route: 'GET /presence-states/:provider',
    id: 'presenceStates.get',
    tag: 'States',
    summary: 'State of a presence provider',
    action: 'PresenceState',
    params: { provider: text.meta({ example: 'CustomPresence:anna' }) },
    fields: ({ params }) => ({ Provider: params.provider }),
    gives: 'one',
  }),
];
