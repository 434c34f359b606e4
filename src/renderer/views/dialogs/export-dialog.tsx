import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Radio,
  RadioGroup,
  Slider,
  Spinner,
  Switch,
  tokens,
} from '@fluentui/react-components';
import { useState } from 'react';
import { EXPORT_FORMATS, type ExportFormat, type ExportSettings } from '#shared/settings.ts';
import { useStudio } from '../../actions/studio.ts';
import { fingerprint } from '../../model/document.ts';
import { exportName, withExtension } from '../../model/names.ts';
import { useConnection } from '../../state/connection.ts';
import { useEdit } from '../../state/edit.ts';
import { photoOf } from '../../state/photos.ts';
import { usePreferences } from '../../state/preferences.ts';
import { useRun } from '../../state/run.ts';
import { text } from '../../text.ts';
import { DialogFrame } from './frame.tsx';

const useStyles = makeStyles({
  facts: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  quality: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 72px', alignItems: 'center' },
  value: { textAlign: 'right', fontVariantNumeric: 'tabular-nums' },
});

const isFormat = (value: string): value is ExportFormat => EXPORT_FORMATS.some((format) => format === value);
const isLossy = (format: ExportFormat): boolean => format === 'jpeg' || format === 'webp';

function Quality({ settings, onChange }: { settings: ExportSettings; onChange: (quality: number) => void }) {
  const styles = useStyles();
  const { quality, format } = settings;
  const value = format === 'webp' && quality === 100 ? text.exporting.lossless : `${quality}`;
  return (
    <Field label={text.exporting.quality}>
      <div className={styles.quality}>
        <Slider
          min={1}
          max={100}
          value={quality}
          aria-label={text.exporting.quality}
          aria-valuetext={value}
          onChange={(_, data) => onChange(data.value)}
        />
        <span className={styles.value} aria-hidden>
          {value}
        </span>
      </div>
    </Field>
  );
}

/** Format, quality, metadata and name; then the place is chosen by the shell. */
export function ExportDialog({ onClose }: { onClose: () => void }) {
  const styles = useStyles();
  const { results, preferences } = useStudio();
  const kept = usePreferences((state) => state.settings.export);
  const run = useRun((state) => state.result);
  const doc = useEdit((state) => state.history.present);
  const generation = useConnection((state) => state.generation);
  const web = useConnection((state) => state.shell?.kind === 'web');
  const [settings, setSettings] = useState<ExportSettings>(kept);
  const [name, setName] = useState(() => exportName(photoOf(run?.target ?? null)?.name ?? '', kept.format));
  const [saving, setSaving] = useState(false);
  if (!run) return null;

  const set = (change: Partial<ExportSettings>) => setSettings((now) => ({ ...now, ...change }));
  const save = async () => {
    setSaving(true);
    if (JSON.stringify(kept) !== JSON.stringify(settings)) await preferences.set({ export: settings });
    const done = await results.export(withExtension(name, settings.format), settings);
    setSaving(false);
    if (done) onClose();
  };
  return (
    <DialogFrame
      title={text.exporting.title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button
            appearance="primary"
            disabled={saving || run.generation !== generation}
            icon={saving ? <Spinner size="extra-tiny" /> : null}
            onClick={() => void save()}
          >
            {saving ? text.exporting.saving : web ? text.exporting.download : text.exporting.save}
          </Button>
        </>
      }
    >
      {run.of !== fingerprint(doc) && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{text.exporting.outdated}</MessageBarBody>
        </MessageBar>
      )}
      <Field label={text.exporting.format} hint={text.exporting.formatHints[settings.format]}>
        <RadioGroup
          layout="horizontal"
          value={settings.format}
          onChange={(_, { value }) => {
            if (!isFormat(value)) return;
            set({ format: value });
            setName(withExtension(name, value));
          }}
        >
          {EXPORT_FORMATS.map((format) => (
            <Radio key={format} value={format} label={text.exporting.formats[format]} />
          ))}
        </RadioGroup>
      </Field>
      {isLossy(settings.format) && <Quality settings={settings} onChange={(quality) => set({ quality })} />}
      <Field label={text.exporting.name}>
        <Input value={name} onChange={(_, { value }) => setName(value)} />
      </Field>
      <Field hint={text.exporting.metadataHint}>
        <Switch
          checked={settings.metadata === 'keep'}
          label={text.exporting.metadata}
          onChange={(_, { checked }) => set({ metadata: checked ? 'keep' : 'strip' })}
        />
      </Field>
      <span className={styles.facts}>{text.exporting.size(run.swap.width, run.swap.height)}</span>
    </DialogFrame>
  );
}
