import { Button, useRestoreFocusTarget } from '@fluentui/react-components';
import { Delete16Regular } from '@fluentui/react-icons';
import { useState } from 'react';
import type { Pack } from '#shared/contract-models.ts';
import { useStudio } from '../../actions/studio.ts';
import { text } from '../../text.ts';
import { ConfirmDialog } from '../dialogs/confirm-dialog.tsx';

/** Removes a pack after the user said so once more. */
export function RemoveButton({ pack, disabled }: { pack: Pack; disabled: boolean }) {
  const { models } = useStudio();
  const [asking, setAsking] = useState(false);
  const focusTarget = useRestoreFocusTarget();
  return (
    <>
      <Button
        {...focusTarget}
        size="small"
        appearance="subtle"
        icon={<Delete16Regular />}
        disabled={disabled}
        aria-label={text.models.removeOf(pack.title)}
        onClick={() => setAsking(true)}
      >
        {text.models.remove}
      </Button>
      {asking && (
        <ConfirmDialog
          title={text.models.removeTitle(pack.title)}
          body={text.models.removeBody(text.models.size(pack.bytes))}
          confirm={text.models.removeConfirm}
          onClose={(confirmed) => {
            setAsking(false);
            if (confirmed) void models.remove(pack.id, pack.title);
          }}
        />
      )}
    </>
  );
}
