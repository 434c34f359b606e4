import { Checkbox, Field, makeStyles, Slider, tokens } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import { JOB_OUTPUTS, VIDEO_PRESETS } from '#shared/jobs.ts';
import { VIDEO_DETAILS, type VideoExport, type VideoSettings } from '#shared/settings.ts';
import { containersFor, VIDEO_CODECS, VIDEO_CONTAINERS, type VideoCodec } from '#shared/video-formats.ts';
import { useStudio } from '../../actions/studio.ts';
import { useConnection } from '../../state/connection.ts';
import { usePreferences } from '../../state/preferences.ts';
import { text } from '../../text.ts';
import { Section } from '../settings/section.tsx';
import { Choice } from './choice.tsx';
import { NumberField } from './number-field.tsx';

const useStyles = makeStyles({
  quality: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 32px', alignItems: 'center' },
  value: { textAlign: 'right', fontSize: tokens.fontSizeBase200, fontVariantNumeric: 'tabular-nums' },
});

const LOSSLESS: readonly VideoCodec[] = ['ffv1', 'h264-lossless'];

function useVideoSettings() {
  const { preferences } = useStudio();
  const { video, videoExport } = usePreferences((state) => state.settings);
  return {
    video,
    videoExport,
    setVideo: (change: Partial<VideoSettings>) => void preferences.set({ video: { ...video, ...change } }),
    setExport: (change: Partial<VideoExport>) => void preferences.set({ videoExport: { ...videoExport, ...change } }),
  };
}

/** The codecs that can be written here; null until that is known. */
function useCodecs(): readonly VideoCodec[] | null {
  const { jobs } = useStudio();
  const ready = useConnection((state) => state.phase === 'ready');
  const [codecs, setCodecs] = useState<readonly VideoCodec[] | null>(null);
  useEffect(() => {
    if (!ready) return;
    let current = true;
    jobs.codecs().then(
      (list) => current && setCodecs(list),
      // Without ffmpeg nothing can be written, and every other call says so.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [jobs, ready]);
  return codecs;
}

/** Which frames, and how closely the faces are looked at. */
export function FramesSection() {
  const { video, setVideo } = useVideoSettings();
  return (
    <Section title={text.video.settings.frames}>
      <NumberField
        label={text.video.settings.maxFrames}
        hint={text.video.settings.maxFramesHint}
        value={video.maxFrames}
        min={-1}
        accepts={(value) => Number.isInteger(value) && (value === -1 || value >= 1)}
        onChange={(maxFrames) => setVideo({ maxFrames })}
      />
      <Field hint={text.video.settings.cropHint} size="small">
        <Checkbox
          checked={video.crop}
          label={text.video.settings.crop}
          onChange={(_, { checked }) => setVideo({ crop: checked === true })}
        />
      </Field>
      <Choice
        label={text.video.settings.detail}
        hint={text.video.settings.detailHints[video.detail]}
        value={video.detail}
        options={VIDEO_DETAILS.map((value) => ({ value, label: text.video.settings.details[value] }))}
        onChoose={(detail) => setVideo({ detail })}
      />
    </Section>
  );
}

/** How the result is written. */
export function ExportSection() {
  const styles = useStyles();
  const { videoExport, setExport } = useVideoSettings();
  const codecs = useCodecs();
  const words = text.video.settings;
  const web = useConnection((state) => state.shell?.kind === 'web');
  const { codec, quality, preset, container, output } = videoExport;
  const lossless = LOSSLESS.includes(codec);
  const fitting = containersFor(codec);
  const result = (
    <Choice
      label={words.output}
      value={output}
      options={JOB_OUTPUTS.map((value) => ({
        value,
        label: words.outputs[value],
        obstacle: value === 'pictures' && web ? words.desktopOnly : undefined,
      }))}
      onChoose={(next) => setExport({ output: next })}
    />
  );
  if (output === 'pictures') return <Section title={words.export}>{result}</Section>;
  return (
    <Section title={words.export}>
      {result}
      <Choice
        label={words.codec}
        hint={words.codecHints[codec]}
        value={codec}
        options={VIDEO_CODECS.map((value) => ({
          value,
          label: words.codecs[value],
          obstacle: codecs === null || codecs.includes(value) ? undefined : words.noCodec,
        }))}
        onChoose={(next) => {
          const fits = containersFor(next);
          setExport({ codec: next, container: fits.includes(container) ? container : (fits[0] ?? container) });
        }}
      />
      <Field label={words.quality} size="small" {...(lossless ? { hint: words.lossless } : {})}>
        <div className={styles.quality}>
          <Slider
            size="small"
            min={0}
            max={100}
            value={quality}
            disabled={lossless}
            aria-label={words.quality}
            onChange={(_, { value }) => setExport({ quality: value })}
          />
          <span className={styles.value} aria-hidden>
            {quality}
          </span>
        </div>
      </Field>
      <Choice
        label={words.preset}
        value={preset}
        options={VIDEO_PRESETS.map((value) => ({ value, label: words.presets[value] }))}
        onChoose={(next) => setExport({ preset: next })}
      />
      <Choice
        label={words.container}
        value={container}
        options={VIDEO_CONTAINERS.filter(({ id }) => fitting.includes(id)).map(({ id, title }) => ({
          value: id,
          label: title,
        }))}
        onChoose={(next) => setExport({ container: next })}
      />
    </Section>
  );
}
