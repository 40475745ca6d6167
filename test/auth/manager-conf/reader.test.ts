import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createConfFiles } from '../../../src/auth/manager-conf/files.ts';
import { readSections } from '../../../src/auth/manager-conf/reader.ts';
import { isGatewayError } from '../../../src/lib/errors.ts';
import { createTree, type Tree } from './trees.ts';

const read = (tree: Tree) => readSections({ files: createConfFiles(), path: tree.path });

/** Sections as `name: key=value …`, a template with its mark. */
const shown = (tree: Tree) =>
  read(tree).sections.map(
    ({ name, template, entries }) =>
      `${name}${template ? '!' : ''}: ${entries.map(({ key, value }) => `${key}=${value}`).join(' ')}`,
  );
const ofText = (text: string) => shown(createTree({ 'manager.conf': text }));

const failure = (tree: Tree): string => {
  try {
    read(tree);
  } catch (error) {
    if (!isGatewayError(error, 'invalid-manager-conf')) throw error;
    expect(error.details).toMatchObject({ file: expect.any(String), line: expect.any(Number) });
    return error.message.replaceAll(`${dirname(tree.path)}/`, '');
  }
  return 'none';
};

describe('a configuration file', () => {
  it.each<[string, string, string[]]>([
    ['both arrows', '[a]\nk = v\nl => w\nm==>x\n', ['a: k=v l=w m==>x']],
    ['blanks', '\t [a] \n\t k =\t v w \r\n', ['a: k=v w']],
    ['a comment', '[a];x\nk=v;x\n;l=w\n', ['a: k=v']],
    ['an escaped semicolon', '[a]\nk=v\\;w;x\n', ['a: k=v;w']],
    ['a comment inside a line', '[a]\nk=v;-- x --;w\n', ['a: k=vw']],
    ['a comment over lines', '[a]\nk=v;-- x\nl=w\n--;m=x\n', ['a: k=v m=x']],
    ['comments in comments', '[a]\n;-- ;-- --; l=w\n--;m=x\n', ['a: m=x']],
    ['a line of dashes, which begins no such comment', '[a]\n;---------;\nk=v\n', ['a: k=v']],
    ['an empty value', '[a]\nk=\n', ['a: k=']],
    ['more to a value', '[a]\nk=v\nk+=w\nl+=x\n', ['a: k=vw l=x']],
    ['an escaped name', '[a]\n\\[k]=v\n', ['a: [k]=v']],
    ['a template', '[t](!)\nk=v\n[a](t)\nl=w\n', ['t!: k=v', 'a: k=v l=w']],
    ['two of them, and a section', '[t](!)\nk=v\n[s]\nm=x\n[a](T,s)\n', ['t!: k=v', 's: m=x', 'a: k=v m=x']],
    ['an addition', '[a]\nk=v\n[b]\n[A](+)\nl=w\n', ['a: k=v l=w', 'b: ']],
    ['an addition to a template', '[t](!)\n[t](+TEMPLATES=include)\nk=v\n[a](t)\n', ['t!: k=v', 'a: k=v']],
    ['a section of the same name', '[a]\nk=v\n[a]\nl=w\n', ['a: k=v', 'a: l=w']],
    ['what is behind a blank', '[t](!)\n[a] (t)\n', ['t!: ', 'a: ']],
    ['a byte order mark', '\uFEFF[a]\nk=v\n', ['a: k=v']],
    ['a NUL, where the line ends', '[a]\nk=v\0w\nl=w\n', ['a: k=v l=w']],
  ])('may have %s', (_, text, sections) => {
    expect(ofText(text)).toEqual(sections);
  });

  it('may be Latin-1', () => {
    const bytes = Buffer.from('[a] ; f\xfcr\nsecret = gr\xfc\xdfe\n', 'latin1');
    expect(shown(createTree({ 'manager.conf': bytes }))).toEqual(['a: secret=grüße']);
  });

  it.each<[string, string, number]>([
    ['no =', '[a]\nword\n', 2],
    ['no name', '[a]\n = v\n', 2],
    ['a line that is too long', `[a]\nk=${'v'.repeat(8200)}\n`, 2],
    ['a directive nobody knows', '#frob x\n[a]\n', 1],
    ['an include of nothing', '#include\n[a]\n', 1],
    ['a program to run', '#exec "/bin/true"\n[a]\n', 1],
    ['a comment that does not end', '[a]\n;-- x\nk=v', 2],
  ])('with %s is read with a warning', (_, text, line) => {
    const tree = createTree({ 'manager.conf': text });
    expect(read(tree).warnings).toMatchObject([{ file: tree.path, line, user: null }]);
    expect(shown(tree)).toEqual(['a: ']);
  });

  it.each([
    ['k=v\n', 'manager.conf:1: a setting stands before the first section'],
    ['[a\n', 'manager.conf:1: the section has no closing ]'],
    ['\n[a](b\n', 'manager.conf:2: the section has no closing )'],
    ['[a](b)\n', "manager.conf:1: section 'b' is inherited from, but does not exist"],
    ['[a](+)\n', "manager.conf:1: section 'a' is added to, but does not exist"],
    ['[t](!)\n[t](+)\n', "manager.conf:2: section 't' is added to, but does not exist"],
    ['[t](!)\n[a](!, t)\n', "manager.conf:2: section ' t' is inherited from, but does not exist"],
    ['[a]\nk=v--;w\n', 'manager.conf:2: a comment ends with --; that has not begun'],
    ['[a]\n\\ k=v\n', 'manager.conf:2: nothing follows the backslash'],
    ['#include no.conf\n', "manager.conf:1: the file 'no.conf' is not there"],
    ['#include "no*.conf"\n', "manager.conf:1: the file 'no*.conf' is not there"],
    ['#include manager.conf\n', 'manager.conf:1: includes nest deeper than 10'],
    [`[a]\nk=v\n${'[a](+,a)\n'.repeat(40)}`, 'manager.conf:19: there are more than 100000 settings and sections'],
    [`[a]\n${';-- '.repeat(200)}\n`, 'manager.conf:2: comments nest too deep'],
  ])('is refused: %j', (text, message) => {
    expect(failure(createTree({ 'manager.conf': text }))).toBe(message);
  });

  it('that is not there is refused', () => {
    const tree = createTree({ 'manager.conf': '' });
    tree.remove('manager.conf');
    expect(failure(tree)).toBe('manager.conf: the file is not there');
    tree.write({ 'manager.conf/x': '' });
    expect(failure(tree)).toMatch(/it is no regular file/);
  });
});

describe('an include', () => {
  it('takes quotes, angle brackets and neither, and every file of a pattern in order', () => {
    const tree = createTree({
      'manager.conf':
        '[a]\n#include <one.conf>\n#include "d/*.conf"\n#include two words.conf\n#include d/{y,x}.con[f]\n',
      'one.conf': 'one=1\n',
      'two words.conf': 'two=2\n',
      'd/x.conf': 'x=1\n',
      'd/y.conf': 'y=1\n',
      'd/.hidden.conf': 'hidden=1\n',
      'd/z.conf.bak': 'z=1\n',
    });
    expect(shown(tree)).toEqual(['a: one=1 x=1 y=1 two=2 y=1 x=1']);
  });

  it('is looked for beside its file, then beside the first one', () => {
    const files = { 'manager.conf': '[a]\n#include d/one.conf\n', 'd/one.conf': '#include two.conf\n' };
    expect(shown(createTree({ ...files, 'd/two.conf': 'k=near\n' }))).toEqual(['a: k=near']);
    expect(shown(createTree({ ...files, 'two.conf': 'k=top\n' }))).toEqual(['a: k=top']);
    const both = createTree({ ...files, 'd/two.conf': 'k=near\n', 'two.conf': 'k=top\n' });
    expect(shown(both)).toEqual(['a: k=near']);
    expect(read(both).warnings).toMatchObject([{ line: 1, message: expect.stringMatching(/Asterisk would take it/) }]);
  });

  it('leaves the section of its own file open, and begins in it', () => {
    const tree = createTree({
      'manager.conf': '[a]\n#include one.conf\nl=w\n',
      'one.conf': 'k=v\n[b]\nm=x\n',
    });
    expect(shown(tree)).toEqual(['a: k=v l=w', 'b: m=x']);
  });

  it('that is only tried may be missing, but not wrong', () => {
    const tree = createTree({ 'manager.conf': '[a]\n#tryinclude no.conf\n#tryinclude one.conf\n' });
    expect(shown(tree)).toEqual(['a: ']);
    tree.write({ 'one.conf': '\n[b' });
    expect(failure(tree)).toBe('one.conf:2: the section has no closing ]');
  });

  it('leaves out what is no file', () => {
    const tree = createTree({ 'manager.conf': '[a]\n#include "d/*"\n', 'd/one.conf': 'k=v\n', 'd/sub/x': '' });
    expect(shown(tree)).toEqual(['a: k=v']);
    expect(read(tree).warnings.map(({ message }) => basename(message))).toEqual([
      "sub' is left out: it is no regular file",
    ]);
  });

  it('of files beyond number is refused', () => {
    const tree = createTree({
      'manager.conf': '#include a.conf\n'.repeat(2),
      ...Object.fromEntries(
        Array.from('abcdefgh', (name, index) => [
          `${name}.conf`,
          `#include ${'abcdefghi'[index + 1]}.conf\n`.repeat(4),
        ]),
      ),
      'i.conf': '',
    });
    expect(failure(tree)).toMatch(/more than 256 files are included/);
  });
});
