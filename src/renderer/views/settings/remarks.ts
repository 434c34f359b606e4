/** Every remark about the photos, faces and pairs of the present document, with what it concerns. */
import type { Warning } from '#shared/contract.ts';
import type { StudioDocument } from '../../model/document.ts';
import { readingOrder, sortedWarnings } from '../../model/faces.ts';
import type { Photo, PhotosState } from '../../state/photos.ts';
import type { FinishedRun } from '../../state/run.ts';
import { text } from '../../text.ts';

export interface Remark {
  readonly id: string;
  readonly about: string;
  readonly severity: Warning['severity'];
  readonly message: string;
  /** The target face to select when the remark is followed. */
  readonly targetFace: number | null;
}

const numberOf = (photo: Photo, face: number): number => readingOrder(photo.info.faces).indexOf(face) + 1;
const warningsOf = (photo: Photo | undefined, face: number): readonly Warning[] =>
  photo?.info.faces.find((row) => row.index === face)?.warnings ?? [];

function notices(photo: Photo): Remark[] {
  return photo.info.notices.map((message) => ({
    id: `${photo.key}:${message}`,
    about: text.checks.photo(photo.name),
    severity: 'info',
    message,
    targetFace: null,
  }));
}

/** Remarks in reading order of the target's faces; each rule once per face, the gravest first. */
export function remarksOf(doc: StudioDocument, byKey: PhotosState['byKey'], run: FinishedRun | null): Remark[] {
  const target = doc.target === null ? undefined : byKey[doc.target];
  if (!target) return doc.sources.flatMap((key) => (byKey[key] ? notices(byKey[key]) : []));
  const faces = readingOrder(target.info.faces).flatMap((face) => {
    const source = doc.assignments[face];
    if (!source) return [];
    const photo = byKey[source.photo];
    const pair = run?.swap.faces.find((row) => row.targetFace === face)?.warnings ?? [];
    const groups: [string, readonly Warning[]][] = [
      [text.checks.target(numberOf(target, face)), warningsOf(target, face)],
      [photo ? text.checks.source(numberOf(photo, source.face), photo.name) : '', warningsOf(photo, source.face)],
      [text.checks.pair(numberOf(target, face)), pair],
    ];
    const said = new Set<string>();
    return groups.flatMap(([about, warnings]) =>
      sortedWarnings(warnings)
        .filter(({ message }) => !said.has(message) && said.add(message))
        .map(
          ({ rule, severity, message }): Remark => ({
            id: `${face}:${about}:${rule}`,
            about,
            severity,
            message,
            targetFace: face,
          }),
        ),
    );
  });
  const used = new Set([doc.target, ...doc.sources]);
  return [...faces, ...[...used].flatMap((key) => (key && byKey[key] ? notices(byKey[key]) : []))];
}
