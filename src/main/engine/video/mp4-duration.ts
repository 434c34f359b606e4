/**
 * Puts the exact length into the picture track of an MP4 or QuickTime file. Encoders do not pass a last frame's duration
 * on (older ffmpeg builds at all), so the muxer repeats the one before, and a clip of a single frame lasts no time and is
 * skipped by players. Box layouts: ISO/IEC 14496-12, sections 8.2.2 (mvhd), 8.3.2 (tkhd), 8.4.2 (mdhd), 8.6.1.2 (stts)
 * and 8.6.6 (elst).
 */
import { type FileHandle, open } from 'node:fs/promises';

interface Box {
  readonly type: string;
  readonly start: number;
  /** First byte of the content. */
  readonly body: number;
  readonly end: number;
}

/** No index of a file within the limits is larger. */
const MAX_INDEX_BYTES = 512 * 1024 * 1024;
const HEADER_BYTES = 16;

/**
 * Rewrites the index of a file that was just written. When it must grow (by eight bytes at most), it takes them from the
 * end of the file or from the free box that ffmpeg leaves behind it.
 * @param ticks length of the picture track in its own time scale
 */
export async function setPictureDuration(file: string, ticks: number): Promise<void> {
  await using handle = await open(file, 'r+');
  const { size } = await handle.stat();
  const top = await topBoxes(handle, size);
  const at = top.findIndex((box) => box.type === 'moov');
  const index = top[at];
  if (!index || index.end - index.start > MAX_INDEX_BYTES) return;
  const moov = new Uint8Array(index.end - index.start);
  await handle.read(moov, 0, moov.length, index.start);
  const changed = withPictureDuration(moov, ticks);
  const growth = changed.length - moov.length;
  const next = top[at + 1];
  const fits = growth === 0 || !next || (next.type === 'free' && next.end - next.start === growth);
  if (fits) await handle.write(changed, 0, changed.length, index.start);
}

async function topBoxes(handle: FileHandle, size: number): Promise<Box[]> {
  const boxes: Box[] = [];
  const head = new Uint8Array(HEADER_BYTES);
  for (let at = 0; at + 8 <= size; ) {
    await handle.read(head, 0, HEADER_BYTES, at);
    const box = readBox(head, 0, size - at);
    if (!box) break;
    boxes.push({ type: box.type, start: at, body: at + box.body, end: at + box.end });
    at += box.end;
  }
  return boxes;
}

/**
 * A `moov` box with the length of its first picture track set: the last sample's duration, and the durations in the
 * headers and in the last edit. Returned unchanged when it has no such track. Pure.
 */
export function withPictureDuration(moov: Uint8Array, ticks: number): Uint8Array {
  const root = readBox(moov, 0, moov.length);
  const track = root && childrenOf(moov, root).find((box) => box.type === 'trak' && isPicture(moov, box));
  const path = (from: Box | undefined, ...types: readonly string[]): Box | undefined =>
    types.reduce<Box | undefined>((box, type) => box && childrenOf(moov, box).find((b) => b.type === type), from);
  const mvhd = path(root, 'mvhd');
  const tkhd = path(track, 'tkhd');
  const mdhd = path(track, 'mdia', 'mdhd');
  const stts = path(track, 'mdia', 'minf', 'stbl', 'stts');
  if (!root || !track || !mvhd || !tkhd || !mdhd || !stts) return moov;

  const data = viewOf(moov);
  const movieScale = timeScale(data, mvhd);
  // Rounded up, so that the last frame lies inside.
  const shown = Math.ceil((ticks * movieScale) / timeScale(data, mdhd));
  const edits = path(track, 'edts', 'elst');
  const length = edits ? setLastEdit(data, edits, shown) : shown;
  setDuration(data, mdhd, 16, ticks);
  setDuration(data, tkhd, 20, length);
  const lengths = childrenOf(moov, root).flatMap((box) => {
    const header = box.type === 'trak' ? path(box, 'tkhd') : undefined;
    return header ? [readDuration(data, header, 20)] : [];
  });
  setDuration(data, mvhd, 16, Math.max(...lengths));
  const parents = [root, track, path(track, 'mdia'), path(track, 'mdia', 'minf'), path(track, 'mdia', 'minf', 'stbl')];
  return withLastSample(moov, stts, ticks, parents);
}

/** Sets the duration of the last sample so that all add up to `ticks`; splits the last run of equal ones if need be. */
function withLastSample(moov: Uint8Array, stts: Box, ticks: number, parents: readonly (Box | undefined)[]): Uint8Array {
  const data = viewOf(moov);
  const runs = data.getUint32(stts.body + 4);
  if (runs === 0) return moov;
  let total = 0;
  for (let i = 0; i < runs; i += 1) {
    total += data.getUint32(stts.body + 8 + i * 8) * data.getUint32(stts.body + 12 + i * 8);
  }
  const lastRun = stts.body + 8 + (runs - 1) * 8;
  const count = data.getUint32(lastRun);
  const delta = data.getUint32(lastRun + 4);
  const wanted = Math.max(1, ticks - (total - delta));
  if (wanted === delta) return moov;
  if (count === 1) {
    data.setUint32(lastRun + 4, wanted);
    return moov;
  }
  const grown = new Uint8Array(moov.length + 8);
  grown.set(moov.subarray(0, lastRun + 8));
  grown.set(moov.subarray(lastRun + 8), lastRun + 16);
  const out = viewOf(grown);
  out.setUint32(lastRun, count - 1);
  out.setUint32(lastRun + 8, 1);
  out.setUint32(lastRun + 12, wanted);
  out.setUint32(stts.body + 4, runs + 1);
  for (const box of [...parents, stts]) if (box) out.setUint32(box.start, box.end - box.start + 8);
  return grown;
}

/** Sets the duration of the last edit and returns the sum of all. */
function setLastEdit(data: DataView, elst: Box, duration: number): number {
  const long = data.getUint8(elst.body) === 1;
  const count = data.getUint32(elst.body + 4);
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    const at = elst.body + 8 + i * (long ? 20 : 12);
    if (i === count - 1) write(data, at, long, duration);
    sum += read(data, at, long);
  }
  return sum;
}

const isLong = (data: DataView, header: Box): boolean => data.getUint8(header.body) === 1;

/** `mvhd` and `mdhd`: after two times of creation and change. */
const timeScale = (data: DataView, header: Box): number =>
  data.getUint32(header.body + (isLong(data, header) ? 20 : 12));

/** @param offset of the duration in a box of version 0; version 1 has two longer fields before it */
const readDuration = (data: DataView, header: Box, offset: number): number =>
  read(data, header.body + offset + (isLong(data, header) ? 8 : 0), isLong(data, header));

const setDuration = (data: DataView, header: Box, offset: number, value: number): void =>
  write(data, header.body + offset + (isLong(data, header) ? 8 : 0), isLong(data, header), value);

const read = (data: DataView, at: number, long: boolean): number =>
  long ? Number(data.getBigUint64(at)) : data.getUint32(at);

const write = (data: DataView, at: number, long: boolean, value: number): void => {
  if (long) data.setBigUint64(at, BigInt(value));
  else data.setUint32(at, value);
};

function isPicture(moov: Uint8Array, track: Box): boolean {
  const mdia = childrenOf(moov, track).find((box) => box.type === 'mdia');
  const hdlr = mdia && childrenOf(moov, mdia).find((box) => box.type === 'hdlr');
  return hdlr !== undefined && fourCharacters(moov, hdlr.body + 8) === 'vide';
}

function childrenOf(bytes: Uint8Array, parent: Box): Box[] {
  const boxes: Box[] = [];
  for (let at = parent.body; at + 8 <= parent.end; ) {
    const box = readBox(bytes, at, parent.end);
    if (!box) break;
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/** The box at an offset, or undefined for a size that makes no sense. A size of 1 announces a long one, 0 the rest. */
function readBox(bytes: Uint8Array, start: number, limit: number): Box | undefined {
  const data = viewOf(bytes);
  const short = data.getUint32(start);
  const type = fourCharacters(bytes, start + 4);
  const size = short === 1 ? Number(data.getBigUint64(start + 8)) : short === 0 ? limit - start : short;
  const body = start + (short === 1 ? 16 : 8);
  return size < body - start || start + size > limit ? undefined : { type, start, body, end: start + size };
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const fourCharacters = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
