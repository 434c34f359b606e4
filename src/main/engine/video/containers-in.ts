/** Which files are opened as videos: known by their first bytes, each read by one named demuxer and no other. */
import { open, stat } from 'node:fs/promises';
import { InputError } from '#engine/errors.ts';
import { IDENTIFY_BYTES, identify } from '#engine/image/probe.ts';
import { toReadError } from '#engine/image/read-file.ts';
import type { Container } from './video-info.ts';

export const CHOOSE_VIDEO = 'Choose an MP4, QuickTime, Matroska, WebM, AVI, MPEG or Windows Media video.';

/**
 * ffmpeg's reader by the title that `identify` gives. Playlists, concat scripts and picture patterns are not in it: a
 * file that points at other files is never followed.
 */
const DEMUXERS: Readonly<Record<string, string>> = {
  MP4: 'mov',
  QuickTime: 'mov',
  'Matroska or WebM': 'matroska',
  AVI: 'avi',
  MPEG: 'mpeg',
  'MPEG transport stream': 'mpegts',
  'Flash video': 'flv',
  'Windows Media': 'asf',
  GIF: 'gif',
};

/**
 * The container of a file and its size.
 * @param file as the user knows it
 * @throws InputError when it is missing, not to be read, empty, a device, or no video by its first bytes
 */
export async function identifyVideo(path: string, file: string): Promise<{ container: Container; bytes: number }> {
  const { head, bytes } = await readHead(path, file);
  const kind = identify(head);
  const demuxer = DEMUXERS[kind?.title ?? ''];
  if (demuxer === 'avi' && riffBytes(head) > bytes) {
    throw new InputError('The file is cut off.', { file, action: 'Copy or download it again.' });
  }
  if (kind && demuxer) return { container: { demuxer, title: kind.title }, bytes };
  const what = kind ? `This is ${kind.title}, not a video.` : 'This is no video file of a known kind.';
  throw new InputError(what, { file, action: CHOOSE_VIDEO });
}

/** Bytes that the first RIFF chunk of an AVI file claims; none where its writer left that open. */
function riffBytes(head: Uint8Array): number {
  const claimed = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(4, true);
  return claimed >= LEFT_OPEN ? 0 : claimed + 8;
}

const LEFT_OPEN = 0xffff_fff0;

async function readHead(path: string, file: string): Promise<{ head: Uint8Array; bytes: number }> {
  const refuse = (message: string): InputError => new InputError(message, { file, action: CHOOSE_VIDEO });
  try {
    // Before it is opened: opening a named pipe waits until somebody writes to it.
    const info = await stat(path);
    if (info.isDirectory()) throw refuse('This is a folder, not a video.');
    if (!info.isFile()) throw refuse('This is a device, not a video.');
    if (info.size === 0) throw refuse('The file is empty.');
    await using handle = await open(path, 'r');
    const head = new Uint8Array(IDENTIFY_BYTES);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return { head: head.subarray(0, bytesRead), bytes: info.size };
  } catch (error) {
    throw toReadError(error, file);
  }
}
