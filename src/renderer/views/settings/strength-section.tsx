import { makeStyles, Tooltip, tokens } from '@fluentui/react-components';
import type { SwapSettings } from '#shared/settings.ts';
import { withSettings } from '../../model/document.ts';
import { edit, useEdit } from '../../state/edit.ts';
import { text } from '../../text.ts';
import { AmountSlider } from './amount-slider.tsx';
import { Section } from './section.tsx';

const useStyles = makeStyles({
  row: {
    display: 'grid',
    gridTemplateColumns: '96px minmax(0, 1fr)',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalS,
    minHeight: '30px',
    fontSize: '13px',
  },
});

const ROWS = [
  { key: 'amount', label: text.settings.global, hint: text.settings.globalHint },
  { key: 'recolor', label: text.settings.recolor, hint: text.settings.recolorHint },
] as const satisfies readonly { key: keyof SwapSettings; label: string; hint: string }[];

/** The amount of the whole swap and of recolouring. */
export function StrengthSection() {
  const styles = useStyles();
  const settings = useEdit((state) => state.history.present.settings);
  return (
    <Section title={text.settings.strength}>
      {ROWS.map(({ key, label, hint }) => (
        <Tooltip key={key} content={hint} relationship="description" positioning="before">
          <div className={styles.row}>
            <span aria-hidden>{label}</span>
            <AmountSlider
              label={label}
              value={settings[key]}
              onChange={(value) => edit((doc) => withSettings(doc, { [key]: value }), key)}
            />
          </div>
        </Tooltip>
      ))}
    </Section>
  );
}
