/** The 68 landmarks of the dlib/iBUG order, taken from the dense mesh: each is one landmark or the middle of two. */

/** Right and left are the person's own; the table runs in iBUG order. */
export const LANDMARKS_68 = [
  // 0-16 jaw, from the person's right ear over the chin to the left ear
  [127],
  [234],
  [93],
  [132],
  [58],
  [172, 136],
  [150],
  [149, 176],
  [152],
  [378, 400],
  [379],
  [397, 365],
  [288],
  [361],
  [323],
  [454],
  [356],
  // 17-21 right brow, 22-26 left brow
  [70],
  [63],
  [105],
  [66],
  [107],
  [336],
  [296],
  [334],
  [293],
  [300],
  // 27-30 nose bridge, 31-35 nostrils
  [168, 6],
  [197, 195],
  [5],
  [4],
  [75],
  [97],
  [2],
  [326],
  [305],
  // 36-41 right eye, 42-47 left eye
  [33],
  [160],
  [158],
  [133],
  [153],
  [144],
  [362],
  [385],
  [387],
  [263],
  [373],
  [380],
  // 48-59 outer lips
  [61],
  [39, 40],
  [37],
  [0],
  [267],
  [269, 270],
  [291],
  [321],
  [314, 405],
  [17],
  [84, 181],
  [91],
  // 60-67 inner lips
  [78],
  [80, 81],
  [13],
  [310, 311],
  [308],
  [318, 402],
  [14],
  [88, 178],
] as const satisfies readonly (readonly [number] | readonly [number, number])[];

/** iBUG index ranges, first and last. */
export const RANGES_68 = {
  jaw: [0, 16],
  rightBrow: [17, 21],
  leftBrow: [22, 26],
  nose: [27, 35],
  rightEye: [36, 41],
  leftEye: [42, 47],
  outerLips: [48, 59],
  innerLips: [60, 67],
} as const satisfies Record<string, readonly [number, number]>;

/** 478 x 3 dense landmarks → 68 x 2, in the same pixels. */
export function toLandmarks68(landmarks: Float32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(2 * LANDMARKS_68.length);
  LANDMARKS_68.forEach((sources, k) => {
    for (const source of sources) {
      out[2 * k]! += landmarks[3 * source]! / sources.length;
      out[2 * k + 1]! += landmarks[3 * source + 1]! / sources.length;
    }
  });
  return out;
}
