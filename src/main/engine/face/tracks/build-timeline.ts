/** From a clip's observations to its timeline: people, their squares smoothed over time, and what cannot be exchanged. */
import type { SkipReason } from '#shared/video.ts';
import { type FfhqFrame, ffhqFrame } from '../alignment.ts';
import type { Corners } from '../detector-head.ts';
import { type DetectedFace, faceOfFit } from '../faces.ts';
import { shareOutside } from '../gate.ts';
import { toLandmarks68 } from '../landmarks68.ts';
import { anglesOf, poseOf } from '../pose.ts';
import { boundsOfMesh } from '../search.ts';
import { gaussianFilter, mirrored } from './gaussian-filter.ts';
import { groupByPerson } from './identities.ts';
import { filterMesh, splitMesh } from './landmark-filter.ts';
import type { FaceObservation, FrameObservation } from './observation.ts';
import type { ObservationSource } from './observation-source.ts';
import { resemblance } from './signature.ts';
import { compareWithGallery, emptyGallery, learn, mergeGalleries, type Stretch } from './stretches.ts';
import type { FaceTimeline, FaceTrack, TrackedFace } from './timeline.ts';
import { type FaceMeasures, reasonToSkip } from './usability.ts';

/** Deviations in frames of the filters over time (spec pipeline 1.5), and of the measures of usability. */
const SMOOTHING = { centre: 1, axes: 3, measures: 2 } as const;

/** A face in a frame without its landmarks, which stay where the observations are. */
interface Entry {
  readonly frame: number;
  /** Its place among the faces of the frame's observation. */
  readonly slot: number;
  readonly stretch: number;
  square: FfhqFrame;
  measures: FaceMeasures;
  /** -1 while it belongs to none. */
  track: number;
  skip: SkipReason | undefined;
  /** Entries of consecutive frames of the track, and its place among them. */
  run: readonly Entry[];
  place: number;
}

/**
 * Concludes a finished analysis. Landmarks are read again and filtered as frames are asked for, so that memory grows by
 * some hundred bytes a face and frame only.
 */
export function buildTimeline(source: ObservationSource): FaceTimeline {
  const byFrame: Entry[][] = [];
  const stretches = new Map<number, Stretch>();
  const cuts: number[] = [];
  for (let frame = 0; frame < source.frames; frame++) {
    const observation = source.at(frame);
    if (observation.cut) cuts.push(frame);
    byFrame.push(observation.faces.map((face, slot) => readFace(observation, face, slot, stretches)));
  }

  const people = groupByPerson([...stretches.values()], cuts);
  const entriesOf = collectByPerson(people, byFrame);
  compareWithOwn(source, people, byFrame);
  for (const entries of entriesOf) for (const run of runsOf(entries)) finishRun(run);
  const tracks = entriesOf
    .filter((entries) => !isGlimpse(entries, source.frames))
    .toSorted((a, b) => b.length - a.length || a[0]!.frame - b[0]!.frame)
    .map(numberTrack);
  const tracked = byFrame.map((faces) => faces.filter(({ track }) => track >= 0).sort((a, b) => a.track - b.track));
  return {
    frames: source.frames,
    tracks,
    facesAt: (frame) => (tracked[frame] ?? []).map((entry) => trackedFace(source, entry)),
  };
}

/** Frames that a track must have to count as one, and that one without any whole face must have. */
const GLIMPSE = { any: 3, covered: 6 } as const;

/** Nothing to assign a source to: part of a face at the border, or half of one that goes behind another. */
const isGlimpse = (entries: readonly Entry[], frames: number): boolean =>
  entries.length < Math.min(entries.every(({ skip }) => skip === 'covered') ? GLIMPSE.covered : GLIMPSE.any, frames);

function readFace(
  { index, width, height, faces }: FrameObservation,
  face: FaceObservation,
  slot: number,
  stretches: Map<number, Stretch>,
): Entry {
  const pose = poseOf(face.landmarks);
  const angles = anglesOf(pose.rotation);
  const corners = boundsOfMesh(face.landmarks);
  const [x0, y0, x1, y1] = corners;
  const size = Math.max(x1 - x0, y1 - y0);
  const place = { frame: index, x: (x0 + x1) / 2, y: (y0 + y1) / 2, size };
  const known = stretches.get(face.stretch);
  const stretch = known ?? { id: face.stretch, first: place, last: place, frames: 0, gallery: emptyGallery() };
  if (known === undefined) stretches.set(face.stretch, stretch);
  stretch.last = place;
  stretch.frames += 1;
  learn(stretch.gallery, face, angles, pose.scale);
  const others = faces.filter((other) => other !== face).map((other) => boundsOfMesh(other.landmarks));
  return {
    frame: index,
    slot,
    stretch: face.stretch,
    square: ffhqFrame(toLandmarks68(face.landmarks)),
    measures: {
      yaw: Math.abs(angles.yaw),
      size,
      sharpness: face.sharpness,
      hidden: Math.max(
        shareOutside([x0, y0, x1 - x0, y1 - y0], { width, height }),
        ...others.map((other) => shareBehind(corners, other)),
      ),
      presence: face.presence,
      likeness: 1,
    },
    track: -1,
    skip: undefined,
    run: [],
    place: 0,
  };
}

/** Share of a face's bounds that a larger, therefore nearer face lies over. */
function shareBehind(face: Corners, other: Corners): number {
  const area = (c: Corners) => (c[2] - c[0]) * (c[3] - c[1]);
  if (area(other) <= area(face)) return 0;
  const width = Math.min(face[2], other[2]) - Math.max(face[0], other[0]);
  const height = Math.min(face[3], other[3]) - Math.max(face[1], other[1]);
  return width <= 0 || height <= 0 ? 0 : (width * height) / area(face);
}

/** Measures how much each face looks like its person does in the mean: what covers a face makes it look otherwise. */
function compareWithOwn(source: ObservationSource, people: readonly Stretch[][], byFrame: readonly Entry[][]): void {
  const galleryOf = new Map(
    people.flatMap((stretches) => {
      const gallery = stretches.map((stretch) => stretch.gallery).reduce(mergeGalleries);
      return stretches.map(({ id }) => [id, gallery] as const);
    }),
  );
  for (const [frame, entries] of byFrame.entries()) {
    for (const entry of entries) {
      const face = source.at(frame).faces[entry.slot]!;
      const pose = poseOf(face.landmarks);
      const likeness = compareWithGallery(face, anglesOf(pose.rotation), pose.scale, galleryOf.get(entry.stretch)!);
      entry.measures = { ...entry.measures, likeness: resemblance(likeness) };
    }
  }
}

/** The faces of each person in order of time. */
function collectByPerson(people: readonly Stretch[][], byFrame: readonly Entry[][]): Entry[][] {
  const personOf = new Map(people.flatMap((stretches, person) => stretches.map(({ id }) => [id, person] as const)));
  const entries: Entry[][] = people.map(() => []);
  for (const faces of byFrame) for (const face of faces) entries[personOf.get(face.stretch)!]!.push(face);
  return entries;
}

function numberTrack(entries: readonly Entry[], id: number): FaceTrack {
  for (const entry of entries) entry.track = id;
  return {
    id,
    firstFrame: entries[0]!.frame,
    lastFrame: entries.at(-1)!.frame,
    frames: entries.length,
    bestFrame: bestOf(entries).frame,
  };
}

/** Stretches of consecutive frames. */
function runsOf(entries: readonly Entry[]): Entry[][] {
  const runs: Entry[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run?.at(-1)?.frame === entry.frame - 1) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

/** Smooths what is known of a face in consecutive frames, and judges it. */
function finishRun(run: readonly Entry[]): void {
  const smooth = (read: (entry: Entry) => number, sigma: number) => gaussianFilter(run.map(read), sigma);
  const centre = ([0, 1] as const).map((k) => smooth(({ square }) => square.centre[k], SMOOTHING.centre));
  const x = ([0, 1] as const).map((k) => smooth(({ square }) => square.x[k], SMOOTHING.axes));
  const y = ([0, 1] as const).map((k) => smooth(({ square }) => square.y[k], SMOOTHING.axes));
  const names = ['yaw', 'size', 'sharpness', 'presence', 'likeness'] as const;
  const measures = names.map((name) => smooth((entry) => entry.measures[name], SMOOTHING.measures));
  run.forEach((entry, i) => {
    entry.square = {
      centre: [centre[0]![i]!, centre[1]![i]!],
      x: [x[0]![i]!, x[1]![i]!],
      y: [y[0]![i]!, y[1]![i]!],
    };
    const steadied = Object.fromEntries(names.map((name, k) => [name, measures[k]![i]!]));
    entry.measures = { ...entry.measures, ...steadied };
    entry.skip = reasonToSkip(entry.measures);
    entry.run = run;
    entry.place = i;
  });
}

/** Large, sharp, whole and frontal. */
function bestOf(entries: readonly Entry[]): Entry {
  const merit = ({ measures, skip }: Entry): number =>
    (skip === undefined ? 1 : 0.1) *
    Math.log2(1 + measures.size) *
    measures.sharpness *
    Math.max(0, 1 - 4 * measures.hidden) *
    Math.cos((measures.yaw * Math.PI) / 180);
  return entries.reduce((best, entry) => (merit(entry) > merit(best) ? entry : best));
}

/** The mesh is read and filtered when it is first asked for: whole clips are gone through for squares and reasons alone. */
function trackedFace(source: ObservationSource, entry: Entry): TrackedFace {
  const { run, place, track, square, skip } = entry;
  const observed = ({ frame, slot }: Entry) => source.at(frame).faces[slot]!;
  const filtered = (): DetectedFace => {
    const landmarks = filterMesh((offset) => splitMesh(observed(run[mirrored(place + offset, run.length)]!).landmarks));
    const { presence, score } = observed(entry);
    return faceOfFit({ landmarks, presence }, score);
  };
  let known: DetectedFace | undefined;
  return {
    track,
    get face() {
      known ??= filtered();
      return known;
    },
    frame: square,
    ...(skip === undefined ? {} : { skip }),
  };
}
