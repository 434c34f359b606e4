/** Every remark about a target face, the source face that it gets, and the pair, in plain words. */
import type { Warning } from '#shared/contract.ts';
import type { StudioDocument } from '../../model/document.ts';
import { readingOrder, remarkable, sortedWarnings } from '../../model/faces.ts';
import type { Photo, PhotosState } from '../../state/photos.ts';
import type { FinishedRun } from '../../state/run.ts';
import { text } from '../../text.ts';

export interface Remark {
  readonly id: string;
  readonly about: string;
  readonly severity: Warning['severity'];
  readonly message: string;
}

const numberOf = (photo: Photo, face: number): number => readingOrder(photo.info.faces).indexOf(face) + 1;
const warningsOf = (photo: Photo | undefined, face: number): readonly Warning[] =>
  photo?.info.faces.find((row) => row.index === face)?.warnings ?? [];

/**
 * Remarks that concern one target face: its own, those of its source face, and those of the pair as far as `run` knows
 * it. The same sentence stands there once; inside each group the gravest is first.
 */
export function remarksOf(
  doc: StudioDocument,
  byKey: PhotosState['byKey'],
  run: FinishedRun | null,
  face: number,
): Remark[] {
  const target = doc.target === null ? undefined : byKey[doc.target];
  if (!target) return [];
  const source = doc.assignments[face];
  const photo = source && byKey[source.photo];
  const pair = source && run?.target === doc.target ? run.swap.faces.find((row) => row.targetFace === face) : undefined;
  const groups: readonly (readonly [string, readonly Warning[]])[] = [
    [text.checks.target(numberOf(target, face)), warningsOf(target, face)],
    [
      source && photo ? text.checks.source(numberOf(photo, source.face), photo.name) : '',
      warningsOf(photo, source?.face ?? -1),
    ],
    [text.checks.pair, pair?.warnings ?? []],
  ];
  const said = new Set<string>();
  return groups.flatMap(([about, warnings]) =>
    sortedWarnings(remarkable(warnings))
      .filter(({ message }) => !said.has(message) && said.add(message))
      .map(({ rule, severity, message }): Remark => ({ id: `${about}:${rule}`, about, severity, message })),
  );
}
