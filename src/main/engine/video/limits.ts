/** How large and how long a video may claim to be, and how long a program may take to answer. Checked before decoding. */
export const VIDEO_LIMITS = {
  /** Pixels of width or height. */
  side: 16_384,
  /** Pixels of one frame: 8192 x 4320. A frame then has at most 106 MB as RGB24. */
  pixels: 35_389_440,
  /** Frames a file may claim or hold: ten hours at 59.94 frames a second. */
  frames: 2_200_000,
  /** Tracks of all kinds. */
  streams: 128,
  /** Milliseconds for reading the headers. */
  probeMs: 6_000,
  /** Milliseconds for decoding the first frame. */
  firstFrameMs: 8_000,
  /** Milliseconds for reading the headers and decoding the first frame, as long as that leaves two seconds for the frame. */
  openingMs: 8_000,
  /** Milliseconds without any answer after which a program that reads a whole file is given up. */
  stallMs: 7_000,
  /** Bytes of the description that ffprobe may print. */
  descriptionBytes: 16 * 1024 * 1024,
  /** Bytes that a program may reserve at once: a frame with 16 bits for each of four channels has 283 MB. */
  blockBytes: 384 * 1024 * 1024,
} as const;

export type VideoLimits = { readonly [K in keyof typeof VIDEO_LIMITS]: number };
