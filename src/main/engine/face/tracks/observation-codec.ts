/**
 * Observations as bytes: a chunk of consecutive frames with the state in which the analysis left them, so that it can go
 * on behind any chunk as if it had never stopped. Layout, little-endian: magic, version, lengths of the three parts,
 * then a JSON text with everything that is not an array, all Float32 arrays one after another, all Int8 arrays.
 */
import { z } from 'zod';
import { InputError } from '#engine/errors.ts';
import { LANDMARKS } from '../mesh.ts';
import type { AnalyserState, FrameObservation } from './observation.ts';
import { SIGNATURE_LENGTH } from './signature.ts';

const MAGIC = 0x46_53_34_45; // "E4SF"
const VERSION = 1;
const HEADER = 20;

const Count = z.number().int().min(0);
const FRAME = z.strictObject({
  index: Count,
  width: Count,
  height: Count,
  cut: z.boolean(),
  faces: z.array(
    z.strictObject({
      stretch: Count,
      score: z.number(),
      presence: z.number(),
      sharpness: z.number(),
    }),
  ),
});
const STATE = z.strictObject({
  next: Count,
  nextStretch: Count,
  untilSearch: Count,
  searches: Count,
  thumbnail: Count,
  followed: z.array(z.strictObject({ stretch: Count, score: z.number(), motion: z.tuple([z.number(), z.number()]) })),
});
const INDEX = z.strictObject({ frames: z.array(FRAME), state: STATE });

export interface ObservationChunk {
  readonly observations: FrameObservation[];
  /** The analyser's state behind the last frame. */
  readonly state: AnalyserState;
}

/** A chunk as bytes; `decodeObservations` gives it back to the last bit. */
export function encodeObservations({ observations, state }: ObservationChunk): Uint8Array<ArrayBuffer> {
  const index: z.infer<typeof INDEX> = {
    frames: observations.map(({ faces, ...frame }) => ({
      ...frame,
      faces: faces.map(({ landmarks: _landmarks, signature: _signature, ...face }) => face),
    })),
    state: {
      ...state,
      thumbnail: state.thumbnail.length,
      followed: state.followed.map(({ stretch, score, motion: [x, y] }) => ({ stretch, score, motion: [x, y] })),
    },
  };
  const faces = observations.flatMap((frame) => frame.faces);
  const floats = [
    ...faces.map((face) => face.landmarks),
    state.thumbnail,
    ...state.followed.flatMap(({ landmarks, look }) => [landmarks, look]),
  ];
  const text = new TextEncoder().encode(JSON.stringify(index));
  const floatBytes = 4 * floats.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(HEADER + text.length + floatBytes + faces.length * SIGNATURE_LENGTH);
  const view = new DataView(bytes.buffer);
  [MAGIC, VERSION, text.length, floatBytes, faces.length * SIGNATURE_LENGTH].forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  bytes.set(text, HEADER);
  let at = HEADER + text.length;
  for (const part of [...floats, ...faces.map((face) => face.signature)]) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}

/** @throws DamagedRecordError when the bytes are no whole chunk of this version */
export function decodeObservations(bytes: Uint8Array, file?: string): ObservationChunk {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [magic, version, textBytes, floatBytes, signatureBytes] =
    bytes.length < HEADER ? [] : Array.from({ length: 5 }, (_, i) => view.getUint32(4 * i, true));
  if (magic !== MAGIC || version !== VERSION) throw damaged(file);
  if (bytes.length !== HEADER + textBytes! + floatBytes! + signatureBytes!) throw damaged(file);
  const index = readIndex(bytes.subarray(HEADER, HEADER + textBytes!), file);

  // A copy: `slice` of a Buffer, as files are read into, would be a view.
  const arrays = Uint8Array.from(bytes.subarray(HEADER + textBytes!));
  const count = index.frames.reduce((sum, { faces }) => sum + faces.length, 0);
  const { thumbnail, followed, ...state } = index.state;
  const expected = (count + followed.length) * 3 * LANDMARKS + thumbnail + followed.length * SIGNATURE_LENGTH;
  if (4 * expected !== floatBytes || count * SIGNATURE_LENGTH !== signatureBytes) throw damaged(file);
  let at = 0;
  const floats = (length: number) => {
    at += 4 * length;
    return new Float32Array(arrays.slice(at - 4 * length, at).buffer);
  };
  let end = floatBytes;
  const signature = () => {
    end += SIGNATURE_LENGTH;
    return new Int8Array(arrays.slice(end - SIGNATURE_LENGTH, end).buffer);
  };
  const observations = index.frames.map((frame) => ({
    ...frame,
    faces: frame.faces.map((face) => ({
      ...face,
      landmarks: floats(3 * LANDMARKS),
      signature: signature(),
    })),
  }));
  return {
    observations,
    state: {
      ...state,
      thumbnail: floats(thumbnail),
      followed: followed.map((face) => ({
        ...face,
        landmarks: floats(3 * LANDMARKS),
        look: floats(SIGNATURE_LENGTH),
      })),
    },
  };
}

function readIndex(text: Uint8Array, file: string | undefined): z.infer<typeof INDEX> {
  try {
    return INDEX.parse(JSON.parse(new TextDecoder().decode(text)));
  } catch (cause) {
    throw damaged(file, cause);
  }
}

/** What was seen can be seen again: whoever has the clip need not give up. */
export class DamagedRecordError extends InputError {}

const damaged = (file: string | undefined, cause?: unknown): DamagedRecordError =>
  new DamagedRecordError('This record of faces is damaged, or of another version.', { file, cause });
