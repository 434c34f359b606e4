import { openDialog, useUi } from '../../state/ui.ts';
import { DoctorDialog } from './doctor-dialog.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { FailureDialog } from './failure-dialog.tsx';
import { ModelsDialog } from './models-dialog.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';

const BY_NAME = {
  export: ExportDialog,
  settings: SettingsDialog,
  shortcuts: ShortcutsDialog,
  doctor: DoctorDialog,
  models: ModelsDialog,
} as const;

/** The dialog that is open; its content is made anew each time. */
export function Dialogs() {
  const name = useUi((state) => state.dialog);
  const Named = name && BY_NAME[name];
  return (
    <>
      {Named && <Named onClose={() => openDialog(null)} />}
      <FailureDialog />
    </>
  );
}
