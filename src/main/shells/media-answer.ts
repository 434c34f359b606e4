/** A video as an answer to a player's request: the whole of it, or the range of bytes that was asked for (RFC 9110, 14). */
import { createReadStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { MediaFile } from './media-table.ts';
import { SECURITY_HEADERS } from './page-policy.ts';

export interface MediaAnswer {
  readonly status: 200 | 206 | 404 | 416;
  readonly headers: Readonly<Record<string, string>>;
  /** Opens the bytes to be sent; absent where there are none. */
  readonly open?: (() => ReadStream) | undefined;
}

/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The range that a header asks for in a file of `size` bytes: `undefined` for the whole file (no header, one that makes
 * no sense, or several ranges, which a server may ignore), `null` for a range outside of the file.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | null | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [from, to] = [match[1] ?? '', match[2] ?? ''];
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? null : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return undefined;
  return first >= size ? null : { first, last };
}

/** @param range the `Range` header. A file that is gone is not found. */
export async function answerMedia({ path, type }: MediaFile, range: string | undefined): Promise<MediaAnswer> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return { status: 404, headers: { ...SECURITY_HEADERS } };
  const { size } = found;
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Type': type,
    'Accept-Ranges': 'bytes',
    // A person's video does not stay in the browser's cache on the disk.
    'Cache-Control': 'no-store',
  };
  const part = parseRange(range, size);
  if (part === null) return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${size}` } };
  if (part === undefined) {
    return {
      status: 200,
      headers: { ...headers, 'Content-Length': String(size) },
      open: () => createReadStream(path),
    };
  }
  const { first, last } = part;
  return {
    status: 206,
    headers: {
      ...headers,
      'Content-Length': String(last - first + 1),
      'Content-Range': `bytes ${first}-${last}/${size}`,
    },
    open: () => createReadStream(path, { start: first, end: last }),
  };
}
