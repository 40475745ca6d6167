/** AstDB as a map of `/family/key` to value, with the questions Asterisk asks of it. */
export type Database = Map<string, string>;

export const keyOf = (family: string, key: string): string => `/${family}/${key}`;

const escape = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Keys at or below a place, in order. SQL LIKE decides: letters in any case, % and _ are wild. */
export const keysBelow = (database: Database, family: string, key: string): string[] => {
  const place = [family, key].filter((part) => part !== '').map((part) => `/${part}`).join(''); // prettier-ignore
  const like = escape(`${place}/`).replaceAll('%', '.*').replaceAll('_', '.');
  const pattern = new RegExp(`^${like}`, 'is');
  return [...database.keys()].filter((known) => pattern.test(`${known}/`)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))); // prettier-ignore
};

/** Names right below a place, each once, as DB_KEYS gives them. */
export const namesBelow = (database: Database, place: string): string[] => {
  const prefix = `/${place.replace(/^\/|\/$/g, '')}/`.replace('//', '/');
  const below = keysBelow(database, prefix.replace(/^\/|\/$/g, ''), '').filter((key) => key.startsWith(prefix));
  return [...new Set(below.map((key) => key.slice(prefix.length).split('/')[0] ?? ''))];
};
