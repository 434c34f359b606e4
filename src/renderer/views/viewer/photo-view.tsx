import { useStudio } from '../../actions/studio.ts';
import { usePicture } from '../../hooks/use-picture.ts';
import type { Viewport } from '../../hooks/use-viewport.ts';
import { withAssignment } from '../../model/document.ts';
import { viewSide } from '../../model/geometry.ts';
import { isFaceUsed } from '../../model/region-sources.ts';
import { edit, selectFace, useEdit } from '../../state/edit.ts';
import type { Photo } from '../../state/photos.ts';
import { text } from '../../text.ts';
import { Canvas } from './canvas.tsx';
import { FaceBoxes } from './face-boxes.tsx';
import { Layer } from './layer.tsx';

interface PhotoViewProps {
  readonly photo: Photo;
  readonly role: 'source' | 'target';
  readonly viewport: Viewport;
  readonly boxes: boolean;
}

/** A source or target photo, large, with its faces. */
export function PhotoView({ photo, role, viewport, boxes }: PhotoViewProps) {
  const { photos } = useStudio();
  const assignments = useEdit((state) => state.history.present.assignments);
  const selected = useEdit((state) => state.selectedFace);
  const { info, key, name } = photo;
  const side = viewSide(info, viewport.view.scale, window.devicePixelRatio);
  const shown = usePicture(key, side, () => photos.view(key, side));

  const inUse = (face: number): boolean =>
    role === 'target' ? assignments[face] !== undefined : isFaceUsed(assignments, key, face);
  const given = selected === null ? undefined : assignments[selected];
  const pick = (face: number): void => {
    if (role === 'target') selectFace(face);
    else if (selected !== null) edit((doc) => withAssignment(doc, selected, { photo: key, face }));
  };
  const nameOf = (number: number, face: number): string =>
    role === 'target'
      ? text.faces.targetBox(number, inUse(face) ? text.faces.replaced : text.faces.kept)
      : text.faces.sourceBox(number, name, inUse(face) ? text.faces.used : text.faces.unused);

  return (
    <Canvas viewport={viewport} label={`${text.wells[role]}: ${name}`} pictures={[shown]}>
      {shown.url && <Layer url={shown.url} alt={name} picture={info} view={viewport.view} />}
      {boxes && shown.url && (
        <FaceBoxes
          faces={info.faces}
          view={viewport.view}
          selected={role === 'target' ? selected : given?.photo === key ? given.face : null}
          isUsed={inUse}
          nameOf={nameOf}
          onPick={pick}
        />
      )}
    </Canvas>
  );
}
