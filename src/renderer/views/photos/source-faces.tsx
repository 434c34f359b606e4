import { makeStyles, mergeClasses, tokens, useArrowNavigationGroup } from '@fluentui/react-components';
import { withAssignment } from '../../model/document.ts';
import { gravest, readingOrder, remarkable } from '../../model/faces.ts';
import { isFaceUsed } from '../../model/region-sources.ts';
import { edit, useEdit } from '../../state/edit.ts';
import type { Photo } from '../../state/photos.ts';
import { text } from '../../text.ts';
import { SeverityMark } from '../settings/severity-mark.tsx';
import { FaceThumb } from './face-thumb.tsx';

const useStyles = makeStyles({
  root: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalSNudge },
  face: {
    position: 'relative',
    padding: '2px',
    border: `1px solid ${tokens.colorTransparentStroke}`,
    borderRadius: '7px',
    backgroundColor: 'transparent',
    cursor: 'pointer',
    boxShadow: `0 0 0 1px ${tokens.colorNeutralStroke2}`,
    ':hover': { boxShadow: `0 0 0 1px ${tokens.colorNeutralStroke1Hover}` },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '2px' },
    ':disabled': { cursor: 'default' },
  },
  used: {
    boxShadow: `0 0 0 2px ${tokens.colorCompoundBrandStroke}`,
    '@media (forced-colors: active)': { outline: '2px solid Highlight' },
  },
  mark: { position: 'absolute', right: '-3px', bottom: '-3px', lineHeight: 0 },
});

/** Gives a source face to the selected target face, or takes it back when it is the one in use there. */
function toggle(photo: Photo, face: number, target: number): void {
  edit((doc) => {
    const now = doc.assignments[target];
    const same = now?.photo === photo.key && now.face === face;
    return withAssignment(doc, target, same ? null : { photo: photo.key, face });
  });
}

interface FaceButtonsProps {
  readonly photo: Photo;
  readonly isUsed: (face: number) => boolean;
  readonly disabled: boolean;
  readonly onPick: (face: number) => void;
}

/** The faces of a photo, to be picked. */
export function FaceButtons({ photo, isUsed, disabled, onPick }: FaceButtonsProps) {
  const styles = useStyles();
  const arrows = useArrowNavigationGroup({ axis: 'both', circular: true });
  const { faces } = photo.info;
  return (
    <div className={styles.root} role="toolbar" aria-label={text.wells.faces(faces.length)} {...arrows}>
      {readingOrder(faces).map((index, position) => {
        const used = isUsed(index);
        const name = text.faces.source(position + 1, photo.name);
        return (
          <button
            type="button"
            key={index}
            className={mergeClasses(styles.face, used && styles.used)}
            aria-pressed={used}
            aria-label={name}
            title={name}
            disabled={disabled}
            onClick={() => onPick(index)}
          >
            <FaceThumb photo={photo.key} face={index} size="medium" />
            <span className={styles.mark}>
              <SeverityMark
                severity={gravest(remarkable(faces.find((face) => face.index === index)?.warnings ?? []))}
              />
            </span>
          </button>
        );
      })}
    </div>
  );
}

/** The faces of a source photo; pressing one gives it to the selected target face. */
export function SourceFaces({ photo }: { photo: Photo }) {
  const assignments = useEdit((state) => state.history.present.assignments);
  const selected = useEdit((state) => state.selectedFace);
  const hasTarget = useEdit((state) => state.history.present.target !== null);
  return (
    <FaceButtons
      photo={photo}
      isUsed={(face) => isFaceUsed(assignments, photo.key, face)}
      disabled={!hasTarget || selected === null}
      onPick={(face) => selected !== null && toggle(photo, face, selected)}
    />
  );
}
