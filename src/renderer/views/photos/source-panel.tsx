import { makeStyles, mergeClasses, Spinner, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useStudio } from '../../actions/studio.ts';
import { DROP_ATTRIBUTE } from '../../hooks/use-arrivals.ts';
import { useEdit } from '../../state/edit.ts';
import { type Photo, usePhotos, type Well } from '../../state/photos.ts';
import { show, useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { EmptyWell } from './empty-well.tsx';
import { NoFace } from './no-face.tsx';
import { PhotoCard } from './photo-card.tsx';
import { SourceFaces } from './source-faces.tsx';
import { WellHeader } from './well-header.tsx';
import { useWellStyles } from './well-styles.ts';

const useStyles = makeStyles({
  card: { display: 'contents' },
  divided: { borderTop: `1px solid ${tokens.colorNeutralStroke2}`, paddingTop: tokens.spacingVerticalM },
});

/** Files that are being opened into a well. */
export function OpeningList({ well }: { well: Well }) {
  const opening = usePhotos((state) => state.opening);
  return opening
    .filter((row) => row.well === well)
    .map((row) => (
      <Spinner key={row.name} size="extra-tiny" labelPosition="after" label={text.wells.opening(row.name)} />
    ));
}

interface SourcePanelProps {
  /** The faces of a photo, and what picking one does. */
  readonly faces?: (photo: Photo) => ReactNode;
}

/** The source photos and their faces. */
export function SourcePanel({ faces = (photo) => <SourceFaces photo={photo} /> }: SourcePanelProps) {
  const well = useWellStyles();
  const styles = useStyles();
  const { photos } = useStudio();
  const sources = useEdit((state) => state.history.present.sources);
  const byKey = usePhotos((state) => state.byKey);
  const opening = usePhotos((state) => state.opening.some((row) => row.well === 'source'));
  const over = useUi((state) => state.dropWell === 'source');
  return (
    <section
      className={mergeClasses(well.root, over && well.over)}
      aria-labelledby="well-source"
      data-tour="source"
      {...{ [DROP_ATTRIBUTE]: 'source' }}
    >
      <WellHeader well="source" filled={sources.length > 0} />
      {sources.map((key, position) => {
        const photo = byKey[key];
        return photo ? (
          <div key={key} className={position > 0 ? styles.divided : styles.card}>
            <PhotoCard
              photo={photo}
              selected={null}
              compact={sources.length > 1}
              onShow={() => {
                show({ kind: 'source', photo: key });
                useUi.setState({ tab: 'image' });
              }}
              onRemove={() => photos.removeSource(key)}
            >
              {photo.info.faces.length > 0 ? faces(photo) : <NoFace photo={photo} />}
            </PhotoCard>
          </div>
        ) : null;
      })}
      <OpeningList well="source" />
      {sources.length === 0 && !opening && <EmptyWell well="source" />}
    </section>
  );
}
