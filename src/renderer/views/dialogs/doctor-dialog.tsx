import { Button, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { Copy20Regular } from '@fluentui/react-icons';
import { useDoctor } from '../../hooks/use-doctor.ts';
import { say } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { DialogFrame } from './frame.tsx';
import { ReportTree } from './report-tree.tsx';

/** Engine, devices, versions and models, as the engine sees them. */
export function DoctorDialog({ onClose }: { onClose: () => void }) {
  const doctor = useDoctor();
  const copy = async (report: unknown) => {
    await navigator.clipboard.writeText(JSON.stringify(report, null, 2));
    say({ intent: 'success', title: text.doctor.copied, body: text.doctor.private });
  };
  return (
    <DialogFrame
      title={text.doctor.title}
      wide
      onClose={onClose}
      actions={
        <>
          {doctor.state === 'read' && (
            <Button icon={<Copy20Regular />} onClick={() => void copy(doctor.report)}>
              {text.doctor.copy}
            </Button>
          )}
          <Button onClick={onClose}>{text.close}</Button>
        </>
      }
    >
      {doctor.state === 'reading' && <Spinner label={text.doctor.running} />}
      {doctor.state === 'failed' && (
        <MessageBar intent="error">
          <MessageBarBody>{doctor.message}</MessageBarBody>
        </MessageBar>
      )}
      {doctor.state === 'read' && <ReportTree report={doctor.report} />}
    </DialogFrame>
  );
}
