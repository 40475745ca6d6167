/**
 * A variable as the `Variable:` header of Originate wants it. Asterisk (16 and 22) splits the value at commas,
 * takes quotes away, eats lone backslashes and lets open brackets swallow what follows; an escaped character is left alone.
 */
export const encodeVariable = (name: string, value: string): string =>
  `${name}=${value.replace(/[\\",()[\]]/g, '\\$&')}`;
