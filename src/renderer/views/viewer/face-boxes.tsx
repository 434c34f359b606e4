import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { Face } from '#shared/contract.ts';
import { readingOrder } from '../../model/faces.ts';
import type { View } from '../../model/geometry.ts';

const useStyles = makeStyles({
  box: {
    position: 'absolute',
    left: 0,
    top: 0,
    boxSizing: 'border-box',
    padding: 0,
    border: '1.5px solid rgba(255, 255, 255, 0.8)',
    outline: '1px solid rgba(0, 0, 0, 0.4)',
    borderRadius: '5px',
    backgroundColor: 'transparent',
    cursor: 'pointer',
    ':hover': { border: '2px solid #ffffff' },
    ':focus-visible': {
      outline: `3px solid ${tokens.colorStrokeFocus2}`,
      boxShadow: `0 0 0 5px ${tokens.colorStrokeFocus1}`,
    },
    '@media (forced-colors: active)': { border: '2px solid ButtonText' },
  },
  used: { border: `1.5px solid ${tokens.colorCompoundBrandStroke}` },
  selected: {
    border: '2.5px solid #59acb3',
    '@media (forced-colors: active)': { border: '3px solid Highlight' },
  },
  number: {
    position: 'absolute',
    left: '-1.5px',
    bottom: '100%',
    marginBottom: '3px',
    minWidth: '18px',
    height: '18px',
    padding: '0 5px',
    boxSizing: 'border-box',
    borderRadius: '4px',
    backgroundColor: 'rgba(10, 12, 13, 0.82)',
    color: '#ffffff',
    fontFamily: tokens.fontFamilyBase,
    fontSize: '11px',
    fontWeight: tokens.fontWeightSemibold,
    lineHeight: '18px',
    fontVariantNumeric: 'tabular-nums',
  },
  chosen: { backgroundColor: '#0c6a72' },
});

interface FaceBoxesProps {
  readonly faces: readonly Face[];
  readonly view: View;
  readonly selected: number | null;
  readonly isUsed: (face: number) => boolean;
  readonly nameOf: (number: number, face: number) => string;
  readonly onPick: (face: number) => void;
}

/** The faces of the picture in the viewer, as boxes that select them. */
export function FaceBoxes({ faces, view, selected, isUsed, nameOf, onPick }: FaceBoxesProps) {
  const styles = useStyles();
  return readingOrder(faces).map((index, position) => {
    const face = faces.find((row) => row.index === index);
    if (!face) return null;
    const [x, y, width, height] = face.box;
    const chosen = index === selected;
    return (
      <button
        type="button"
        key={index}
        className={mergeClasses(styles.box, isUsed(index) && styles.used, chosen && styles.selected)}
        aria-label={nameOf(position + 1, index)}
        aria-pressed={chosen}
        onPointerDown={(event) => event.stopPropagation()}
        onDoubleClick={(event) => event.stopPropagation()}
        onClick={() => onPick(index)}
        style={{
          transform: `translate(${view.x + x * view.scale}px, ${view.y + y * view.scale}px)`,
          width: width * view.scale,
          height: height * view.scale,
        }}
      >
        {faces.length > 1 && (
          <span className={mergeClasses(styles.number, chosen && styles.chosen)}>{position + 1}</span>
        )}
      </button>
    );
  });
}
