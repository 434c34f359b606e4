import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { Face } from '#shared/contract.ts';
import type { Size } from '../../model/geometry.ts';

const useStyles = makeStyles({
  frame: {
    position: 'absolute',
    boxSizing: 'border-box',
    border: '1.5px solid rgba(255, 255, 255, 0.85)',
    outline: '1px solid rgba(0, 0, 0, 0.35)',
    borderRadius: '3px',
    pointerEvents: 'none',
  },
  selected: { border: `2px solid ${tokens.colorCompoundBrandStroke}` },
});

const share = (value: number, of: number): string => `${(100 * value) / of}%`;

/** Boxes over a small picture: to look at; the buttons beside it select. */
export function FaceFrames({
  faces,
  picture,
  selected,
}: {
  faces: readonly Face[];
  picture: Size;
  selected: number | null;
}) {
  const styles = useStyles();
  return faces.map(({ index, box: [x, y, width, height] }) => (
    <span
      key={index}
      aria-hidden
      className={mergeClasses(styles.frame, index === selected && styles.selected)}
      style={{
        left: share(x, picture.width),
        top: share(y, picture.height),
        width: share(width, picture.width),
        height: share(height, picture.height),
      }}
    />
  ));
}
