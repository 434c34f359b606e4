/** Whether the target is a photo or a video: its content decides, the result's name where that says nothing. */
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { IDENTIFY_BYTES, identify } from '#engine/image/probe.ts';

const VIDEO_ENDINGS = new Set(['.mp4', '.m4v', '.mov', '.mkv', '.webm']);

/**
 * Unreadable files are left to who opens them, which says what is wrong; an animated GIF is a photo unless a video is
 * wanted of it.
 */
export async function isVideoTarget(target: string, out: string): Promise<boolean> {
  const kind = identify(await firstBytes(target));
  const wanted = VIDEO_ENDINGS.has(path.extname(out).toLowerCase());
  if (kind?.class === 'video') return true;
  return wanted && (kind?.class !== 'picture' || kind.format === 'gif');
}

async function firstBytes(file: string): Promise<Uint8Array> {
  const info = await stat(file).catch(() => undefined);
  const handle = info?.isFile() ? await open(file, 'r').catch(() => undefined) : undefined;
  if (!handle) return new Uint8Array();
  await using _open = handle;
  const { buffer, bytesRead } = await handle
    .read(new Uint8Array(IDENTIFY_BYTES), 0, IDENTIFY_BYTES, 0)
    .catch(() => ({ buffer: new Uint8Array(), bytesRead: 0 }));
  return buffer.subarray(0, bytesRead);
}
