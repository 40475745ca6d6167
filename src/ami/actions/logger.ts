import { defineAction } from './define.ts';
import { shared } from './touches.ts';

export const LoggerRotate = defineAction({
  name: 'LoggerRotate',
  classes: ['system', 'reporting'],
  changes: true,
  slow: true,
  touches: shared('the logs'),
});
