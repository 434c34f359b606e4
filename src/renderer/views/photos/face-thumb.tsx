import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { Person20Regular } from '@fluentui/react-icons';
import { useStudio } from '../../actions/studio.ts';
import { usePicture } from '../../hooks/use-picture.ts';
import type { PhotoKey } from '../../model/source-face.ts';

const useStyles = makeStyles({
  root: {
    display: 'grid',
    placeItems: 'center',
    flexShrink: 0,
    overflow: 'hidden',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground4,
    color: tokens.colorNeutralForeground3,
  },
  image: { display: 'block', width: '100%', height: '100%', objectFit: 'cover' },
  large: { width: '44px', height: '44px' },
  medium: { width: '36px', height: '36px' },
  small: { width: '24px', height: '24px' },
});

interface FaceThumbProps {
  readonly photo: PhotoKey;
  readonly face: number;
  readonly size: 'large' | 'medium' | 'small';
}

/** The aligned crop of a face, small; beside it always stands its name. */
export function FaceThumb({ photo, face, size }: FaceThumbProps) {
  const styles = useStyles();
  const { photos } = useStudio();
  const { url } = usePicture(`${photo}:${face}`, 'thumb', () => photos.faceThumb(photo, face));
  return (
    <span className={mergeClasses(styles.root, styles[size])} aria-hidden>
      {url ? <img className={styles.image} src={url} alt="" draggable={false} /> : <Person20Regular />}
    </span>
  );
}
