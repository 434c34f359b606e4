/**
 * Raw frames with explicit times as a Matroska stream: the way to hand ffmpeg pictures through a pipe and say exactly
 * when each is shown and for how long (raw video formats have no times). Follows RFC 9559 for the elements and RFC 8794
 * for their coding; times are whole nanoseconds. Each frame is a cluster of its own with one block group.
 */

/** Element identifiers (RFC 9559, section 5). */
const ID = {
  EBML: 0x1a45dfa3,
  DocType: 0x4282,
  DocTypeVersion: 0x4287,
  DocTypeReadVersion: 0x4285,
  Segment: 0x18538067,
  Info: 0x1549a966,
  TimestampScale: 0x2ad7b1,
  MuxingApp: 0x4d80,
  WritingApp: 0x5741,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  TrackUID: 0x73c5,
  TrackType: 0x83,
  FlagLacing: 0x9c,
  DefaultDuration: 0x23e383,
  CodecID: 0x86,
  Video: 0xe0,
  PixelWidth: 0xb0,
  PixelHeight: 0xba,
  UncompressedFourCC: 0x2eb524,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  BlockGroup: 0xa0,
  Block: 0xa1,
  BlockDuration: 0x9b,
} as const;

const VIDEO_TRACK = 1;
/** "RGB" and 24 bits: how ffmpeg names interleaved 8-bit RGB among the uncompressed formats. */
const RGB24 = Uint8Array.of(0x52, 0x47, 0x42, 24);

export interface RawTrack {
  readonly width: number;
  readonly height: number;
  /** Nanoseconds of a usual frame: what encoders take for the frame rate. */
  readonly defaultDuration: bigint;
}

/** What comes before the first frame. The segment's size is left open, as for any live stream. */
export function matroskaHeader(track: RawTrack): Uint8Array<ArrayBuffer> {
  return concat([
    element(ID.EBML, [text(ID.DocType, 'matroska'), uint(ID.DocTypeVersion, 4n), uint(ID.DocTypeReadVersion, 2n)]),
    idBytes(ID.Segment),
    // "Size unknown": all value bits set.
    Uint8Array.of(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    element(ID.Info, [
      uint(ID.TimestampScale, 1n),
      text(ID.MuxingApp, 'E4S Studio'),
      text(ID.WritingApp, 'E4S Studio'),
    ]),
    element(ID.Tracks, [
      element(ID.TrackEntry, [
        uint(ID.TrackNumber, 1n),
        uint(ID.TrackUID, 1n),
        uint(ID.TrackType, BigInt(VIDEO_TRACK)),
        uint(ID.FlagLacing, 0n),
        uint(ID.DefaultDuration, track.defaultDuration),
        text(ID.CodecID, 'V_UNCOMPRESSED'),
        element(ID.Video, [
          uint(ID.PixelWidth, BigInt(track.width)),
          uint(ID.PixelHeight, BigInt(track.height)),
          element(ID.UncompressedFourCC, [RGB24]),
        ]),
      ]),
    ]),
  ]);
}

/**
 * What comes before the pixels of a frame; the pixels follow as they are.
 * @param time nanoseconds from the start, not negative
 * @param duration nanoseconds that the frame is shown for
 * @param bytes size of the pixels
 */
export function matroskaFrameHead(time: bigint, duration: bigint, bytes: number): Uint8Array<ArrayBuffer> {
  const timestamp = uint(ID.Timestamp, time);
  const blockDuration = uint(ID.BlockDuration, duration);
  // Track 1, no time beside the cluster's, no lacing.
  const blockHead = Uint8Array.of(0x81, 0x00, 0x00, 0x00);
  const block = [idBytes(ID.Block), size(blockHead.length + bytes), blockHead];
  const blockBytes = lengthOf(block) + bytes;
  const group = [idBytes(ID.BlockGroup), size(blockDuration.length + blockBytes), blockDuration, ...block];
  const groupBytes = lengthOf(group) + bytes;
  return concat([idBytes(ID.Cluster), size(timestamp.length + groupBytes), timestamp, ...group]);
}

function element(id: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat([idBytes(id), size(lengthOf(parts)), ...parts]);
}

const text = (id: number, value: string): Uint8Array<ArrayBuffer> => element(id, [new TextEncoder().encode(value)]);

const uint = (id: number, value: bigint): Uint8Array<ArrayBuffer> => element(id, [bigEndian(value)]);

/** Identifiers carry their own length marker. */
const idBytes = (id: number): Uint8Array<ArrayBuffer> => bigEndian(BigInt(id));

/** A data size in eight bytes: the marker in the first, 56 bits of value. */
function size(bytes: number): Uint8Array<ArrayBuffer> {
  const coded = new Uint8Array(8);
  new DataView(coded.buffer).setBigUint64(0, BigInt(bytes) | (1n << 56n));
  return coded;
}

/** The fewest bytes that hold the value, at least one. */
function bigEndian(value: bigint): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  return Uint8Array.from(bytes);
}

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
