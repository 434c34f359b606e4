import { makeStyles, mergeClasses } from '@fluentui/react-components';
import type { Size, View } from '../../model/geometry.ts';

const useStyles = makeStyles({
  image: {
    position: 'absolute',
    left: 0,
    top: 0,
    maxWidth: 'none',
    transformOrigin: '0 0',
    objectFit: 'contain',
    userSelect: 'none',
    pointerEvents: 'none',
  },
  pixels: { imageRendering: 'pixelated' },
});

interface LayerProps {
  readonly url: string;
  readonly alt: string;
  readonly picture: Size;
  readonly view: View;
  /** Share of the picture's width, from the left, that this layer shows. */
  readonly share?: number;
}

/** One picture at its place in the viewer. */
export function Layer({ url, alt, picture, view, share = 1 }: LayerProps) {
  const styles = useStyles();
  return (
    <img
      className={mergeClasses(styles.image, view.scale >= 4 && styles.pixels)}
      src={url}
      alt={alt}
      draggable={false}
      style={{
        width: picture.width * view.scale,
        height: picture.height * view.scale,
        transform: `translate(${view.x}px, ${view.y}px)`,
        clipPath: share < 1 ? `inset(0 ${(1 - share) * 100}% 0 0)` : undefined,
      }}
    />
  );
}
