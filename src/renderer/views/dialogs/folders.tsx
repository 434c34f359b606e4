import { makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useDoctor } from '../../hooks/use-doctor.ts';
import { text } from '../../text.ts';
import { KeptFaces } from './kept-faces.tsx';
import { ReportTree } from './report-tree.tsx';

const useStyles = makeStyles({ hint: { margin: 0, color: tokens.colorNeutralForeground2 } });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where settings, models and caches lie. */
export function Folders() {
  const styles = useStyles();
  const doctor = useDoctor();
  if (doctor.state === 'reading') return <Spinner label={text.doctor.running} />;
  const folders = doctor.state === 'read' ? doctor.report['data'] : null;
  return (
    <>
      <p className={styles.hint}>{text.preferences.foldersHint}</p>
      {isRecord(folders) ? <ReportTree report={folders} /> : <p>{text.preferences.foldersNone}</p>}
      <KeptFaces />
    </>
  );
}
