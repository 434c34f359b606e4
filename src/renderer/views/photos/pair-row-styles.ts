import { makeStyles, tokens } from '@fluentui/react-components';

/** A row that gives a face, or a person of a clip, its source: who at the left, an arrow, what it gets at the right. */
export const usePairRowStyles = makeStyles({
  row: { padding: '4px', borderRadius: tokens.borderRadiusMedium },
  pair: {
    display: 'grid',
    gridTemplateColumns: 'auto 16px minmax(0, 1fr)',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXXS,
  },
  selected: {
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: `inset 0 0 0 1px ${tokens.colorCompoundBrandStroke}`,
    '@media (forced-colors: active)': { outline: '2px solid Highlight' },
  },
  number: { minWidth: '14px', textAlign: 'right', fontVariantNumeric: 'tabular-nums' },
  arrow: { color: tokens.colorNeutralForeground3 },
});
