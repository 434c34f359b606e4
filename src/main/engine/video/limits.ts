/** How large and how long a video may claim to be, and how long a program may take to answer. Checked before decoding. */
export const VIDEO_LIMITS = {
  /** Pixels of width or height. */
  side: 16_384,
  /** Pixels of one frame: 2^26, for example 8192 x 8192. A frame then has at most 192 MB as RGB24. */
  pixels: 67_108_864,
  /** Frames a file may claim or hold: ten hours at 59.94 frames a second. */
  frames: 2_200_000,
  /** Tracks of all kinds. */
  streams: 128,
  /** Milliseconds for reading the headers. */
  probeMs: 8_000,
  /** Milliseconds for decoding the first frame. */
  firstFrameMs: 8_000,
  /** Milliseconds without any answer after which a program that reads a whole file is given up. */
  stallMs: 8_000,
  /** Bytes of the description that ffprobe may print. */
  descriptionBytes: 16 * 1024 * 1024,
} as const;

export type VideoLimits = { readonly [K in keyof typeof VIDEO_LIMITS]: number };
