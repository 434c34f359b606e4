import { describe, expect, it } from 'vitest';
import { buildTimeline } from '#engine/face/tracks/build-timeline.ts';
import { ClipAnalyser } from '#engine/face/tracks/clip-analyser.ts';
import type { ClipFrame } from '#engine/face/tracks/frame-view.ts';
import type { AnalyserState, FrameObservation } from '#engine/face/tracks/observation.ts';
import { decodeObservations, encodeObservations } from '#engine/face/tracks/observation-codec.ts';
import { observationsInMemory } from '#engine/face/tracks/observation-source.ts';
import type { FaceTimeline } from '#engine/face/tracks/timeline.ts';
import { rejection } from '#test/support/rejection.ts';
import {
  analyseClip,
  drawClip,
  HEIGHT,
  middleOf,
  type Portrait,
  portrait,
  type Scene,
  WIDTH,
} from './moving-people.ts';

const [kofi, freja, walter, mei] = (await Promise.all(['kofi', 'freja', 'walter', 'mei'].map(portrait))) as [
  Portrait,
  Portrait,
  Portrait,
  Portrait,
];

const timelineOf = async (frames: readonly ClipFrame[]): Promise<FaceTimeline> =>
  buildTimeline(observationsInMemory(await analyseClip(frames)));

/** Names of the people whose middle lies within 20 pixels of a track's face, over all frames. */
function peopleOf(timeline: FaceTimeline, track: number, scene: (frame: number) => Scene): string[] {
  const names = new Set<string>();
  for (let frame = 0; frame < timeline.frames; frame++) {
    const found = timeline.facesAt(frame).find((face) => face.track === track);
    if (found === undefined) continue;
    const [x, y] = middleOf(found.face);
    const near = scene(frame).people.filter((placed) => Math.hypot(placed.x - x, placed.y - y) < 20);
    for (const { person } of near.length === 1 ? near : []) names.add(person.name);
  }
  return [...names];
}

describe('a face that comes, leaves and returns', () => {
  const x = (frame: number) => (frame < 45 ? -60 + 14 * frame : WIDTH + 60 - 12 * (frame - 56));
  const scene = (frame: number): Scene => ({ people: [{ person: kofi, x: x(frame), y: 130 }] });

  it('is one track: covered at the border, usable inside, absent between', async () => {
    const timeline = await timelineOf(drawClip(80, scene));
    expect(timeline.tracks.map(({ id }) => id)).toEqual([0]);
    for (let frame = 0; frame < 80; frame++) {
      const faces = timeline.facesAt(frame);
      // The oval is 134 pixels wide, the face in it about 80.
      const skips = faces.map(({ skip }) => skip);
      if (x(frame) > 60 && x(frame) < WIDTH - 60) expect(skips, `frame ${frame}`).toEqual([undefined]);
      else if (x(frame) < -20 || x(frame) > WIDTH + 20) expect(skips, `frame ${frame}`).toEqual([]);
      else if (x(frame) < 20 || x(frame) > WIDTH - 20)
        expect(new Set(['covered', ...skips]), `frame ${frame}`).toEqual(new Set(['covered']));
    }
    expect(timeline.facesAt(timeline.tracks[0]!.bestFrame)[0]!.skip).toBeUndefined();
  });
});

describe('two people who pass', () => {
  const scene = (frame: number): Scene => ({
    people: [
      { person: walter, x: 420 - 8 * frame, y: 135 },
      { person: freja, x: 70 + 8 * frame, y: 140, scale: 1.1 },
    ],
  });

  it('keep their tracks', async () => {
    const timeline = await timelineOf(drawClip(45, scene));
    expect(timeline.tracks).toHaveLength(2);
    expect(peopleOf(timeline, 0, scene)).toEqual(['freja']);
    expect(peopleOf(timeline, 1, scene)).toEqual(['walter']);
    // The one in front is seen throughout, the other before and after.
    expect(timeline.tracks[0]).toMatchObject({ firstFrame: 0, lastFrame: 44, frames: 45 });
    expect(timeline.tracks[1]).toMatchObject({ firstFrame: 0, lastFrame: 44 });
    expect(timeline.tracks[1]!.frames).toBeGreaterThan(28);
  });
});

describe('cuts', () => {
  const shots = [kofi, mei, kofi];
  const scene = (frame: number): Scene => ({
    people: [{ person: shots[Math.floor(frame / 12)]!, x: 240 + (frame % 12), y: 135 }],
    ground: frame >= 12 && frame < 24 ? [180, 90, 60] : [96, 110, 120],
  });

  it('do not glue different people together, and one who comes back is known again', async () => {
    const timeline = await timelineOf(drawClip(36, scene));
    expect(timeline.tracks).toMatchObject([
      { firstFrame: 0, lastFrame: 35, frames: 24 },
      { firstFrame: 12, lastFrame: 23, frames: 12 },
    ]);
  });

  it('are noticed by the face alone where the ground stays', async () => {
    const timeline = await timelineOf(drawClip(36, (frame) => ({ people: scene(frame).people })));
    expect(timeline.tracks.map(({ frames }) => frames)).toEqual([24, 12]);
    expect(peopleOf(timeline, 0, scene)).toEqual(['kofi']);
  });
});

describe('heads that turn and change size', () => {
  it('are followed', async () => {
    const scene = (frame: number): Scene => ({
      people: [
        {
          person: mei,
          x: 240 + 60 * Math.sin(frame / 6),
          y: 135,
          scale: 0.8 + 0.4 * Math.sin(frame / 9) ** 2,
          turn: 40 * Math.sin(frame / 5),
        },
      ],
    });
    const timeline = await timelineOf(drawClip(40, scene));
    expect(timeline.tracks).toMatchObject([{ firstFrame: 0, lastFrame: 39, frames: 40 }]);
    for (let frame = 0; frame < 40; frame++) {
      const { turn = 0 } = scene(frame).people[0]!;
      expect(timeline.facesAt(frame)[0]!.face.pose.roll).toBeGreaterThan(turn - 8);
      expect(timeline.facesAt(frame)[0]!.face.pose.roll).toBeLessThan(turn + 8);
    }
  });
});

describe('going on', () => {
  const scene = (frame: number): Scene => ({
    people: [
      { person: freja, x: 130 + 5 * frame, y: 120 },
      { person: walter, x: 480 - 9 * frame, y: 150, scale: 0.9 },
    ],
  });
  const frames = drawClip(24, scene);

  async function analyse(from: number, to: number, state?: AnalyserState) {
    await using analyser = await ClipAnalyser.open({ state });
    const observations: FrameObservation[] = [];
    for (const frame of frames.slice(from, to)) observations.push(await analyser.push(frame));
    return { observations, state: analyser.state };
  }

  it('behind any chunk gives the same bits as an analysis without a break', async () => {
    const whole = await analyse(0, 24);
    for (const border of [1, 9, 17]) {
      const before = decodeObservations(encodeObservations(await analyse(0, border)));
      const after = await analyse(border, 24, before.state);
      expect(encodeObservations(after)).toEqual(
        encodeObservations({ observations: whole.observations.slice(border), state: whole.state }),
      );
    }
  });

  it('refuses a frame out of its turn', async () => {
    await using analyser = await ClipAnalyser.open();
    expect(await rejection(analyser.push(frames[3]!))).toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('0 comes next, not 3'),
    });
  });
});

describe('a clip without faces', () => {
  it('has no tracks', async () => {
    const timeline = await timelineOf(drawClip(6, () => ({ people: [] })));
    expect(timeline.tracks).toEqual([]);
    expect(timeline.frames).toBe(6);
    expect(timeline.facesAt(3)).toEqual([]);
  });

  it('may be a picture of one pixel', async () => {
    const frame = { index: 0, width: 1, height: 1, pixels: new Uint8Array(3) };
    expect(await analyseClip([frame])).toEqual([{ index: 0, width: 1, height: 1, cut: false, faces: [] }]);
  });
});

it('places landmarks in the frame', async () => {
  const [observation] = await analyseClip(drawClip(1, () => ({ people: [{ person: kofi, x: 150, y: 130 }] })));
  const { landmarks } = observation!.faces[0]!;
  for (let i = 0; i < landmarks.length; i += 3) {
    expect(Math.abs(landmarks[i]! - 150)).toBeLessThan(70);
    expect(landmarks[i + 1]!).toBeLessThan(HEIGHT);
  }
});
