/**
 * Whether an MP4 or QuickTime file keeps its samples in other files. ffmpeg does not follow such references; it reads the
 * samples from the wrong place instead. Box layouts: ISO/IEC 14496-12, section 8.7.2 (dref); the QuickTime File Format
 * Specification, "Reference Movies" (rmra).
 */
import { type FileHandle, open } from 'node:fs/promises';

interface Box {
  readonly type: string;
  /** First byte of the content, and the byte behind it. */
  readonly body: number;
  readonly end: number;
}

/** The way to the table of files that a track's samples lie in. */
const BELOW_TRACK = ['mdia', 'minf', 'dinf', 'dref'] as const;
const HEADER_BYTES = 16;
/** Boxes of one level that are looked at, and bytes of a table: far more than any real file has. */
const MOST_BOXES = 4096;
const MOST_TABLE_BYTES = 65_536;
const SELF_CONTAINED = 1;

/** @throws the system's error when the file cannot be read; a damaged file points nowhere */
export async function pointsElsewhere(file: string): Promise<boolean> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  for await (const box of boxesIn(handle, 0, size)) {
    if (box.type === 'moov' && (await movieElsewhere(handle, box))) return true;
  }
  return false;
}

async function movieElsewhere(handle: FileHandle, movie: Box): Promise<boolean> {
  for await (const box of boxesIn(handle, movie.body, movie.end)) {
    if (box.type === 'rmra') return true;
    if (box.type === 'trak' && (await trackElsewhere(handle, box))) return true;
  }
  return false;
}

async function trackElsewhere(handle: FileHandle, track: Box): Promise<boolean> {
  let box: Box | undefined = track;
  for (const type of BELOW_TRACK) {
    box = await childOf(handle, box, type);
    if (box === undefined) return false;
  }
  const table = new Uint8Array(Math.min(box.end - box.body, MOST_TABLE_BYTES));
  const { bytesRead } = await handle.read(table, 0, table.length, box.body);
  return namesOtherFiles(table.subarray(0, bytesRead));
}

/** The content of a `dref` box: a version and a count, then entries of size, type, version with flags, and a place. */
function namesOtherFiles(table: Uint8Array): boolean {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  for (let at = 8; at + 12 <= table.length; ) {
    const size = view.getUint32(at);
    if (size < 12) return false;
    const place = table.subarray(at + 12, at + size);
    if ((view.getUint32(at + 8) & SELF_CONTAINED) === 0 && place.some((byte) => byte !== 0)) return true;
    at += size;
  }
  return false;
}

async function childOf(handle: FileHandle, parent: Box, type: string): Promise<Box | undefined> {
  for await (const box of boxesIn(handle, parent.body, parent.end)) if (box.type === type) return box;
  return undefined;
}

async function* boxesIn(handle: FileHandle, from: number, to: number): AsyncGenerator<Box> {
  const head = new Uint8Array(HEADER_BYTES);
  const view = new DataView(head.buffer);
  let at = from;
  for (let count = 0; count < MOST_BOXES && at + 8 <= to; count++) {
    await handle.read(head, 0, HEADER_BYTES, at);
    const short = view.getUint32(0);
    const long = short === 1;
    // No size means up to the end.
    const size = long ? Number(view.getBigUint64(8)) : short === 0 ? to - at : short;
    const body = at + (long ? HEADER_BYTES : 8);
    const end = Math.min(at + size, to);
    if (end < body) return;
    yield { type: String.fromCharCode(...head.subarray(4, 8)), body, end };
    at = end;
  }
}
