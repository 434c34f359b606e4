import { Button } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { text } from '../../text.ts';
import { DialogFrame } from './frame.tsx';

interface ConfirmDialogProps {
  readonly title: string;
  readonly body: string;
  /** What the button says that does it, and the one that does not. */
  readonly confirm: string;
  readonly keep?: string;
  /** Other ways out. */
  readonly more?: ReactNode;
  readonly onClose: (confirmed: boolean) => void;
}

/** Asks before something that cannot be taken back; a click beside it answers nothing. */
export function ConfirmDialog({ title, body, confirm, keep = text.cancel, more, onClose }: ConfirmDialogProps) {
  return (
    <DialogFrame
      title={title}
      alert
      onClose={() => onClose(false)}
      actions={
        <>
          <Button onClick={() => onClose(false)}>{keep}</Button>
          {more}
          <Button appearance="primary" onClick={() => onClose(true)}>
            {confirm}
          </Button>
        </>
      }
    >
      {body}
    </DialogFrame>
  );
}
