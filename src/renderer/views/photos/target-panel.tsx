import { mergeClasses } from '@fluentui/react-components';
import { useStudio } from '../../actions/studio.ts';
import { DROP_ATTRIBUTE } from '../../hooks/use-arrivals.ts';
import { useEdit } from '../../state/edit.ts';
import { usePhotos } from '../../state/photos.ts';
import { show, useUi } from '../../state/ui.ts';
import { AssignmentList } from './assignment-list.tsx';
import { EmptyWell } from './empty-well.tsx';
import { NoFace } from './no-face.tsx';
import { PhotoCard } from './photo-card.tsx';
import { OpeningList } from './source-panel.tsx';
import { WellHeader } from './well-header.tsx';
import { useWellStyles } from './well-styles.ts';

/** The target photo and who gets which face in it. */
export function TargetPanel() {
  const styles = useWellStyles();
  const { photos } = useStudio();
  const target = useEdit((state) => state.history.present.target);
  const selected = useEdit((state) => state.selectedFace);
  const photo = usePhotos((state) => (target === null ? undefined : state.byKey[target]));
  const opening = usePhotos((state) => state.opening.some((row) => row.well === 'target'));
  const over = useUi((state) => state.dropWell === 'target');
  return (
    <section
      className={mergeClasses(styles.root, over && styles.over)}
      aria-labelledby="well-target"
      data-tour="target"
      {...{ [DROP_ATTRIBUTE]: 'target' }}
    >
      <WellHeader well="target" filled={photo !== undefined} />
      {photo && (
        <PhotoCard
          photo={photo}
          selected={selected}
          onShow={() => show({ kind: 'target' })}
          onRemove={photos.removeTarget}
        >
          {photo.info.faces.length > 0 ? <AssignmentList target={photo} /> : <NoFace photo={photo} />}
        </PhotoCard>
      )}
      <OpeningList well="target" />
      {!photo && !opening && <EmptyWell well="target" />}
    </section>
  );
}
