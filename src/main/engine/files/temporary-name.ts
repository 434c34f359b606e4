/** Names of files and folders on their way: hidden, beside what they become. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';

/** A new path in the folder of `file`, another one each time. */
export const temporaryPathFor = (file: string): string =>
  path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);

const TEMPORARY = /^\.(.+)\.[0-9a-f]{12}\.tmp$/s;

/** What a file or folder of a temporary name is to be called; undefined for other names. */
export const finalNameOf = (name: string): string | undefined => TEMPORARY.exec(name)?.[1];
