import { makeStyles, mergeClasses, Spinner, tokens } from '@fluentui/react-components';
import { ImageOff24Regular } from '@fluentui/react-icons';
import type { KeyboardEvent, ReactNode } from 'react';
import type { ShownPicture } from '../../hooks/use-picture.ts';
import type { Viewport } from '../../hooks/use-viewport.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  frame: {
    position: 'relative',
    flex: '1 1 0',
    minWidth: 0,
    minHeight: 0,
    overflow: 'hidden',
    backgroundColor: tokens.colorNeutralBackground4,
    cursor: 'grab',
    touchAction: 'none',
    ':active': { cursor: 'grabbing' },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
  },
  note: {
    position: 'absolute',
    inset: 0,
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: tokens.spacingVerticalS,
    pointerEvents: 'none',
    color: tokens.colorNeutralForeground3,
  },
});

interface CanvasProps {
  readonly viewport: Viewport;
  readonly label: string;
  readonly pictures: readonly ShownPicture[];
  /** Takes the size from this frame; of two frames side by side only one does. */
  readonly leads?: boolean;
  readonly onKey?: (event: KeyboardEvent) => boolean;
  readonly className?: string;
  readonly children?: ReactNode;
}

/** The frame in which pictures are zoomed and moved. */
export function Canvas({ viewport, label, pictures, leads = true, onKey, className, children }: CanvasProps) {
  const styles = useStyles();
  const keyed = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    if (viewport.onKey(event) || onKey?.(event)) event.preventDefault();
  };
  const loading = pictures.some(({ state }) => state === 'loading');
  const failed = pictures.some(({ state }) => state === 'failed');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a frame to move pictures in has no element of its own
    <div
      ref={leads ? viewport.ref : undefined}
      className={mergeClasses(styles.frame, className)}
      role="group"
      aria-label={text.viewer.picture(label)}
      aria-busy={pictures.some(({ late }) => late)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys zoom and move the picture while the frame has the focus
      tabIndex={0}
      onKeyDown={keyed}
      {...viewport.pointer}
    >
      {children}
      {loading && (
        <div className={styles.note}>
          <Spinner size="small" label={text.viewer.loading} />
        </div>
      )}
      {failed && (
        <div className={styles.note}>
          <ImageOff24Regular aria-hidden />
          {text.viewer.failed}
        </div>
      )}
    </div>
  );
}
