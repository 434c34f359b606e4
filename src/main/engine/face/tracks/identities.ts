/**
 * Who is who: joins the stretches of a clip to people. First stretches that follow one another closely in time and
 * place, then all others by look alone. Two faces of one frame are never one person.
 */
import { resemblance } from './signature.ts';
import { compareGalleries, type Gallery, mergeGalleries, type Stretch } from './stretches.ts';

/** Stretches that follow one another within this many frames may be joined by motion. */
const NEAR = 15;
/** Greatest distance of places joined by motion, shares of the face's size: at once, and for each frame between. */
const STEP = { base: 0.5, perFrame: 0.12, size: 1.5 } as const;

/** Resemblance that joins stretches, with and without the support of motion. */
const SAME = { near: 0.55, far: 0.75 } as const;

interface Person {
  stretches: Stretch[];
  gallery: Gallery;
}

/**
 * @param stretches in any order
 * @param cuts frames at which shots begin
 * @returns groups of stretches, one a person
 */
export function groupByPerson(stretches: readonly Stretch[], cuts: readonly number[]): Stretch[][] {
  const people: Person[] = stretches
    .toSorted((a, b) => a.first.frame - b.first.frame)
    .map((stretch) => ({ stretches: [stretch], gallery: stretch.gallery }));
  joinNear(people, cuts);
  return joinAlike(people).map((person) => person.stretches);
}

/** Joins what goes on where it stopped, most alike first; `people` are in order of time and become fewer. */
function joinNear(people: Person[], cuts: readonly number[]): void {
  for (;;) {
    let best: { score: number; a: number; b: number } | undefined;
    for (const [a, before] of people.entries()) {
      for (let b = a + 1; b < people.length; b++) {
        const after = people[b]!;
        if (!goesOn(before, after, cuts)) continue;
        const score = resemblance(compareGalleries(before.gallery, after.gallery));
        if (score > SAME.near && (best === undefined || score > best.score)) best = { score, a, b };
      }
    }
    if (best === undefined) return;
    const [joined] = people.splice(best.b, 1);
    join(people[best.a]!, joined!);
  }
}

function goesOn(before: Person, after: Person, cuts: readonly number[]): boolean {
  const [end, start] = [before.stretches.at(-1)!.last, after.stretches[0]!.first];
  const gap = start.frame - end.frame;
  if (gap < 1 || gap > NEAR || cuts.some((cut) => cut > end.frame && cut <= start.frame)) return false;
  const size = Math.max(end.size, start.size);
  const distance = Math.hypot(start.x - end.x, start.y - end.y) / size;
  return distance <= STEP.base + STEP.perFrame * gap && size / Math.min(end.size, start.size) <= STEP.size;
}

/** Longest first: each finds the person it looks most like among those that are never seen beside it. */
function joinAlike(people: readonly Person[]): Person[] {
  const length = ({ stretches }: Person) => stretches.reduce((sum, { frames }) => sum + frames, 0);
  const joined: Person[] = [];
  for (const person of people.toSorted((a, b) => length(b) - length(a))) {
    let best: { score: number; other: Person } | undefined;
    for (const other of joined) {
      if (meet(person, other)) continue;
      const score = resemblance(compareGalleries(person.gallery, other.gallery));
      if (score > SAME.far && (best === undefined || score > best.score)) best = { score, other };
    }
    if (best === undefined) joined.push(person);
    else join(best.other, person);
  }
  return joined;
}

function join(person: Person, other: Person): void {
  person.stretches = [...person.stretches, ...other.stretches].toSorted((a, b) => a.first.frame - b.first.frame);
  person.gallery = mergeGalleries(person.gallery, other.gallery);
}

const meet = (a: Person, b: Person): boolean =>
  a.stretches.some((x) => b.stretches.some((y) => x.first.frame <= y.last.frame && y.first.frame <= x.last.frame));
