import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { Dismiss20Regular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  surface: { maxWidth: 'min(560px, calc(100vw - 48px))', backgroundColor: tokens.colorNeutralBackground2 },
  content: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL, paddingBottom: '4px' },
});

interface DialogFrameProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A dialog of the studio: title, content, actions, closed by Escape, its cross or a click outside. */
export function DialogFrame({ title, onClose, actions, children }: DialogFrameProps) {
  const styles = useStyles();
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle
            action={
              <Button appearance="subtle" icon={<Dismiss20Regular />} aria-label={text.close} onClick={onClose} />
            }
          >
            {title}
          </DialogTitle>
          <DialogContent className={styles.content}>{children}</DialogContent>
          {actions && <DialogActions>{actions}</DialogActions>}
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
