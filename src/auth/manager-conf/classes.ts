import { AMI_CLASSES, type AmiClass } from '../../ami/types.ts';

export interface Classes {
  classes: ReadonlySet<AmiClass | 'all'>;
  /** Words that are no class, letter by letter. */
  unknown: readonly string[];
}

const known = new Set<string>([...AMI_CLASSES, 'all']);
const isClass = (word: string): word is AmiClass | 'all' => known.has(word);

/**
 * A `read` or `write` line. Words are taken literally, so `call, agent` names only `call`, as in Asterisk; where
 * Asterisk also takes the beginning of a class for it, and an empty word for every class, nothing is granted here.
 */
export const parseClasses = (text: string): Classes => {
  const words = text === '' ? [] : text.split(',');
  return {
    classes: new Set(words.filter(isClass)),
    unknown: words.filter((word) => !isClass(word) && word !== 'none'),
  };
};
