import {
  Button,
  makeStyles,
  mergeClasses,
  Skeleton,
  SkeletonItem,
  Spinner,
  Tooltip,
  tokens,
} from '@fluentui/react-components';
import { Dismiss16Regular, PersonSearch16Regular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { useStudio } from '../../actions/studio.ts';
import { usePicture } from '../../hooks/use-picture.ts';
import { useSearch } from '../../hooks/use-search.ts';
import type { Size } from '../../model/geometry.ts';
import type { Photo } from '../../state/photos.ts';
import { text } from '../../text.ts';
import { FaceFrames } from './face-frames.tsx';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalSNudge, minWidth: 0 },
  compact: { display: 'grid', gridTemplateColumns: '84px minmax(0, 1fr)', columnGap: tokens.spacingHorizontalM },
  small: { height: '84px', gridRow: 'span 2' },
  picture: {
    display: 'grid',
    placeItems: 'center',
    width: '100%',
    padding: 0,
    height: 'clamp(136px, 21vh, 300px)',
    containerType: 'size',
    border: 'none',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground4,
    overflow: 'hidden',
    cursor: 'zoom-in',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '1px' },
  },
  fitted: { position: 'relative', display: 'block' },
  image: { display: 'block', width: '100%', height: '100%', objectFit: 'cover' },
  facts: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS, minWidth: 0 },
  name: {
    flexGrow: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
  size: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3, whiteSpace: 'nowrap' },
  notice: {
    gridColumn: '1 / -1',
    fontSize: tokens.fontSizeBase200,
    lineHeight: '16px',
    color: tokens.colorNeutralForeground3,
  },
  skeleton: { width: '100%', height: '100%' },
});

/** The largest box of the picture's shape that the card holds. */
const fitted = ({ width, height }: Size) => ({
  aspectRatio: `${width} / ${height}`,
  width: `min(100cqw, ${(100 * width) / height}cqh)`,
});

interface PhotoCardProps {
  readonly photo: Photo;
  /** The face whose frame stands out. */
  readonly selected: number | null;
  /** Beside others: small, with the facts at the side. */
  readonly compact?: boolean;
  readonly onShow: () => void;
  readonly onRemove: () => void;
  readonly children?: ReactNode;
}

/** A photo in a well: the picture with its faces, name and size, and what the well adds below. */
export function PhotoCard({ photo, selected, compact = false, onShow, onRemove, children }: PhotoCardProps) {
  const styles = useStyles();
  const { photos } = useStudio();
  const { searching, search } = useSearch(photo.key);
  const { info, name, key } = photo;
  const { url } = usePicture(key, 'card', () => photos.view(key, 512));
  return (
    <div className={mergeClasses(styles.root, compact && styles.compact)}>
      <button
        type="button"
        className={mergeClasses(styles.picture, compact && styles.small)}
        onClick={onShow}
        aria-label={text.wells.showLarge(name)}
      >
        {url ? (
          <span className={styles.fitted} style={fitted(info)}>
            <img className={styles.image} src={url} alt="" draggable={false} />
            <FaceFrames faces={info.faces} picture={info} selected={selected} />
          </span>
        ) : (
          <Skeleton className={styles.skeleton} aria-hidden>
            <SkeletonItem className={styles.skeleton} />
          </Skeleton>
        )}
      </button>
      <div className={styles.facts}>
        <Tooltip content={name} relationship="description">
          <span className={styles.name}>{name}</span>
        </Tooltip>
        {!compact && <span className={styles.size}>{text.wells.size(info.width, info.height)}</span>}
        {!compact && !photo.thorough && info.faces.length > 0 && (
          <Button
            appearance="subtle"
            size="small"
            icon={searching ? <Spinner size="extra-tiny" /> : <PersonSearch16Regular />}
            disabled={searching}
            aria-label={text.wells.searchMore(name)}
            title={`${text.wells.searchMore(name)}. ${text.wells.searchHint}`}
            onClick={search}
          />
        )}
        <Button
          appearance="subtle"
          size="small"
          icon={<Dismiss16Regular />}
          aria-label={text.wells.remove(name)}
          title={text.wells.remove(name)}
          onClick={onRemove}
        />
      </div>
      {info.notices.map((notice) => (
        <span key={notice} className={styles.notice}>
          {notice}
        </span>
      ))}
      {children}
    </div>
  );
}
