import { Button } from '@fluentui/react-components';
import { ERROR_KINDS } from '#shared/errors.ts';
import { openDialog, useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { DialogFrame } from './frame.tsx';

/** A failure that is not the user's: what happened, and how to report it. */
export function FailureDialog() {
  const failure = useUi((state) => state.failure);
  if (!failure) return null;
  const close = () => useUi.setState({ failure: null });
  const diagnose = () => {
    close();
    openDialog('doctor');
  };
  return (
    <DialogFrame
      title={ERROR_KINDS[failure.kind].title}
      onClose={close}
      actions={
        <>
          <Button onClick={diagnose}>{text.titleBar.doctor}</Button>
          <Button appearance="primary" onClick={close}>
            {text.close}
          </Button>
        </>
      }
    >
      <span>{failure.file === undefined ? failure.message : text.errors.inFile(failure.file, failure.message)}</span>
      {failure.action && <span>{failure.action}</span>}
    </DialogFrame>
  );
}
