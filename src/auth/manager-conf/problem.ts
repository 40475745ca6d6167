import { GatewayError } from '../../lib/errors.ts';

/** Where something stands in the files. Lines are counted from 1; 0 stands for the file as a whole. */
export interface Place {
  file: string;
  line: number;
}

/** What was read, but not as its author may have meant it. */
export interface Warning extends Place {
  /** Name of the AMI user it is about; null where it is about none. */
  user: string | null;
  message: string;
}

/** The files cannot be used as they are: Asterisk would refuse them too, or read something nobody can have meant. */
export const confError = ({ file, line }: Place, message: string, cause?: unknown): GatewayError =>
  new GatewayError('invalid-manager-conf', line > 0 ? `${file}:${line}: ${message}` : `${file}: ${message}`, {
    cause,
    details: { file, line },
  });
