/** Video codecs and the containers that hold them, as the window offers them. */

export const VIDEO_CODECS = ['h264', 'h265', 'vp9', 'prores', 'ffv1', 'h264-lossless'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];

export const VIDEO_CONTAINERS = [
  { id: 'mp4', title: 'MP4', codecs: ['h264', 'h265', 'vp9', 'h264-lossless'] },
  { id: 'mov', title: 'QuickTime', codecs: ['h264', 'h265', 'prores', 'ffv1', 'h264-lossless'] },
  { id: 'mkv', title: 'Matroska', codecs: ['h264', 'h265', 'vp9', 'prores', 'ffv1', 'h264-lossless'] },
  { id: 'webm', title: 'WebM', codecs: ['vp9'] },
] as const satisfies readonly { id: string; title: string; codecs: readonly VideoCodec[] }[];

export type VideoContainer = (typeof VIDEO_CONTAINERS)[number]['id'];
export const VIDEO_CONTAINER_IDS = VIDEO_CONTAINERS.map(({ id }) => id) as [VideoContainer, ...VideoContainer[]];

/** The containers that can hold a codec, the most common first. */
export const containersFor = (codec: VideoCodec): VideoContainer[] =>
  VIDEO_CONTAINERS.filter(({ codecs }) => (codecs as readonly VideoCodec[]).includes(codec)).map(({ id }) => id);
