import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  frameAt,
  insideOf,
  rateOf,
  rateText,
  secondsOf,
  type Timed,
  timecode,
} from '../../../src/renderer/model/frame-clock.ts';

const even: Timed = { frames: 100, clock: { start: 0.04, step: 1 / 29.97 }, end: 0.04 + 100 / 29.97 };
const uneven: Timed = { frames: 4, clock: { times: [0, 0.1, 0.5, 0.6] }, end: 1 };

describe('frames and seconds', () => {
  it('lead to each other', () => {
    for (const clip of [even, uneven]) {
      for (let frame = 0; frame < clip.frames; frame++) {
        expect(frameAt(clip, secondsOf(clip, frame))).toBe(frame);
        expect(frameAt(clip, insideOf(clip, frame))).toBe(frame);
        // Players round to microseconds.
        expect(frameAt(clip, secondsOf(clip, frame) - 1e-6)).toBe(frame);
      }
    }
  });

  it('stay inside of the clip at any time', () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 1e6, noNaN: true }), (seconds) => {
        for (const clip of [even, uneven]) {
          const frame = frameAt(clip, seconds);
          expect(frame >= 0 && frame < clip.frames).toBe(true);
        }
      }),
    );
  });

  it('end where the clip ends', () => {
    expect(secondsOf(even, 100)).toBe(even.end);
    expect(secondsOf(uneven, 4)).toBe(1);
    expect(rateText(rateOf(even))).toBe('29.97 fps');
    expect(rateText(rateOf(uneven))).toBe('4 fps');
  });
});

it.each([
  [0, '0:00.000'],
  [1.9996, '0:02.000'],
  [61.25, '1:01.250'],
  [3723.004, '1:02:03.004'],
])('%s seconds are written %s', (seconds, expected) => {
  expect(timecode(seconds)).toBe(expected);
});
