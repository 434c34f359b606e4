import { Checkbox, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { Region } from '#shared/regions.ts';
import type { RegionSwitch } from '#shared/settings.ts';
import { withRegion } from '../../model/document.ts';
import type { AssignedFace } from '../../model/region-sources.ts';
import { edit, useEdit } from '../../state/edit.ts';
import { text } from '../../text.ts';
import { AmountSlider } from './amount-slider.tsx';
import { RegionSourceMenu } from './region-source-menu.tsx';

const useStyles = makeStyles({
  row: { ':hover': { backgroundColor: tokens.colorSubtleBackgroundHover } },
  cell: { padding: 0, height: '30px', verticalAlign: 'middle' },
  name: { fontSize: '13px', fontWeight: tokens.fontWeightRegular, textAlign: 'left', whiteSpace: 'nowrap' },
  label: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalSNudge },
  swatch: {
    width: '8px',
    height: '8px',
    flexShrink: 0,
    borderRadius: '2px',
    boxShadow: `0 0 0 1px ${tokens.colorNeutralStroke1}`,
    forcedColorAdjust: 'none',
  },
  locked: { color: tokens.colorNeutralForeground3 },
  box: { textAlign: 'center' },
  kept: { textAlign: 'right', fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3 },
});

interface RegionRowProps {
  readonly region: Region;
  readonly locked: boolean;
  /** Id of the text that says why a locked row cannot be changed. */
  readonly reason: string;
  /** The target face whose regions may come from several faces; absent where one face is all there is. */
  readonly sources?: { readonly targetFace: number; readonly entry: AssignedFace } | undefined;
}

/** The switches of one region. */
export function RegionRow({ region, locked, reason, sources }: RegionRowProps) {
  const styles = useStyles();
  const { id, color } = region;
  const row = useEdit((state) => state.history.present.settings.regions[id]);
  const name = text.settings.names[id];
  const set = (change: Partial<RegionSwitch>, gesture?: string) => edit((doc) => withRegion(doc, id, change), gesture);
  const described = locked ? reason : undefined;
  return (
    <tr className={styles.row}>
      <th scope="row" className={mergeClasses(styles.cell, styles.name, locked && styles.locked)}>
        <span className={styles.label}>
          <span className={styles.swatch} style={{ backgroundColor: `rgb(${color.join(' ')})` }} />
          {name}
        </span>
      </th>
      {(['texture', 'shape'] as const).map((part) => (
        <td key={part} className={mergeClasses(styles.cell, styles.box)}>
          <Checkbox
            checked={!locked && row[part]}
            disabled={locked}
            aria-label={part === 'texture' ? text.settings.textureOf(name) : text.settings.shapeOf(name)}
            aria-describedby={described}
            onChange={(_, { checked }) => set({ [part]: checked === true })}
          />
        </td>
      ))}
      {sources && (
        <td className={mergeClasses(styles.cell, styles.box)}>
          <RegionSourceMenu region={id} name={name} disabled={!(row.texture || row.shape)} {...sources} />
        </td>
      )}
      {locked ? (
        <td className={mergeClasses(styles.cell, styles.kept)}>{text.settings.fromTarget}</td>
      ) : (
        <td className={styles.cell}>
          <AmountSlider
            label={text.settings.amountOf(name)}
            value={row.amount}
            compact={sources !== undefined}
            disabled={!(row.texture || row.shape)}
            onChange={(amount) => set({ amount }, `amount:${id}`)}
          />
        </td>
      )}
    </tr>
  );
}
