export interface PbxConfig {
  name: string;
  host: string;
  port: number;
  tls: boolean;
  username: string;
  secret: string;
}

export const isAmiUrl = (name: string) => name === 'AMI_URL' || name.startsWith('AMI_URL_');

/** `ami://user:secret@host:port`, or amis://. Throws with the name of the variable, never its value. */
export const parseAmiUrl = (variable: string, text: string): PbxConfig => {
  // A URL that cannot be parsed is never quoted: it holds the secret.
  if (!URL.canParse(text)) throw new Error(`${variable} is not a URL such as ami://user:secret@host:5038`);
  const url = new URL(text);
  if (url.protocol !== 'ami:' && url.protocol !== 'amis:')
    throw new Error(`${variable} must begin with ami:// or amis://`);
  if (url.username === '' || url.password === '') throw new Error(`${variable} lacks the AMI user or secret`);
  if (url.hostname === '') throw new Error(`${variable} lacks a host`);
  const tls = url.protocol === 'amis:';
  const decode = (part: string) => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw new Error(`${variable} holds a % that is not followed by two hexadecimal digits: write %25`);
    }
  };
  return {
    name: variable === 'AMI_URL' ? 'default' : variable.slice('AMI_URL_'.length).toLowerCase(),
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (tls ? 5_039 : 5_038) : Number(url.port),
    tls,
    username: decode(url.username),
    secret: decode(url.password),
  };
};
