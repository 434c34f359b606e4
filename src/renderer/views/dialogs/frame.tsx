import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  surface: { maxWidth: 'min(560px, calc(100vw - 48px))', backgroundColor: tokens.colorNeutralBackground2 },
  wide: { maxWidth: 'min(860px, calc(100vw - 48px))' },
  content: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
    padding: '4px 8px',
    margin: '0 -8px',
  },
});

interface DialogFrameProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  /** Wants an answer: a click outside does not close it. */
  readonly alert?: boolean;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A dialog of the studio: title, content, actions; Escape and, where it only shows something, a click outside close it too. */
export function DialogFrame({ title, onClose, wide = false, alert = false, actions, children }: DialogFrameProps) {
  const styles = useStyles();
  return (
    <Dialog open modalType={alert ? 'alert' : 'modal'} onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface className={mergeClasses(styles.surface, wide && styles.wide)}>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          {/* A wide dialog holds text that may be longer than the window: the keyboard must be able to scroll it. */}
          <DialogContent className={styles.content} {...(wide ? { tabIndex: 0 } : {})}>
            {children}
          </DialogContent>
          <DialogActions>{actions ?? <Button onClick={onClose}>{text.close}</Button>}</DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
