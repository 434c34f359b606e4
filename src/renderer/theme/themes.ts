/**
 * The studio's look. Surfaces are neutral greys, so that nothing tints the eye that judges a photograph; the one accent
 * is a teal, the complement of skin. Text on every surface keeps a contrast of at least 4.5 : 1.
 */
import {
  type BrandVariants,
  createDarkTheme,
  createLightTheme,
  type Theme,
  teamsHighContrastTheme,
} from '@fluentui/react-components';

const teal: BrandVariants = {
  10: '#011315',
  20: '#032125',
  30: '#052f34',
  40: '#073d43',
  50: '#084b52',
  60: '#0a5a61',
  70: '#0c6a72',
  80: '#0f7a82',
  90: '#258b93',
  100: '#3f9ca3',
  110: '#59acb3',
  120: '#74bcc2',
  130: '#8fccd1',
  140: '#aadbdf',
  150: '#c6eaec',
  160: '#e3f6f7',
};

const type: Partial<Theme> = {
  fontFamilyBase:
    "'Inter Variable', 'Segoe UI Variable Text', 'Segoe UI', system-ui, -apple-system, 'Helvetica Neue', Arial, sans-serif",
  borderRadiusMedium: '5px',
  borderRadiusLarge: '8px',
  borderRadiusXLarge: '12px',
};

export const lightTheme: Theme = {
  ...createLightTheme(teal),
  ...type,
  colorNeutralBackground1: '#ffffff',
  colorNeutralBackground2: '#f6f7f8',
  colorNeutralBackground3: '#eceef0',
  colorNeutralBackground4: '#d9dcdf',
  colorNeutralBackground5: '#cfd3d7',
  colorNeutralForeground1: '#1a1c1e',
  colorNeutralForeground2: '#3c4146',
  colorNeutralForeground3: '#565c63',
  colorNeutralForeground4: '#5f656c',
  colorNeutralForegroundDisabled: '#71777e',
  colorNeutralStroke1: '#c9cdd2',
  colorNeutralStroke2: '#dde0e3',
  colorNeutralStroke3: '#e8eaec',
};

export const darkTheme: Theme = {
  ...createDarkTheme(teal),
  ...type,
  colorNeutralBackground1: '#27292c',
  colorNeutralBackground1Hover: '#303337',
  colorNeutralBackground1Pressed: '#1f2124',
  colorNeutralBackground1Selected: '#33373b',
  colorNeutralBackground2: '#1d1f21',
  colorNeutralBackground3: '#17191a',
  colorNeutralBackground4: '#0f1011',
  colorNeutralBackground5: '#0a0b0b',
  colorNeutralForeground1: '#eceef0',
  colorNeutralForeground2: '#cdd1d5',
  colorNeutralForeground3: '#a7adb3',
  colorNeutralForeground4: '#9aa0a7',
  colorNeutralForegroundDisabled: '#80868d',
  colorNeutralStroke1: '#43484d',
  colorNeutralStroke2: '#303438',
  colorNeutralStroke3: '#27292c',
  colorBrandForeground1: teal[120],
  colorBrandForeground2: teal[130],
  colorBrandForegroundLink: teal[120],
  colorCompoundBrandBackground: teal[100],
  colorCompoundBrandBackgroundHover: teal[110],
  colorCompoundBrandForeground1: teal[120],
  colorCompoundBrandStroke: teal[110],
  colorBrandStroke1: teal[110],
};

export const highContrastTheme: Theme = { ...teamsHighContrastTheme, ...type };
