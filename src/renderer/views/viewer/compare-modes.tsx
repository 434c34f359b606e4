import { makeStyles, ToggleButton, Tooltip } from '@fluentui/react-components';
import { Image20Regular, LayoutColumnTwo20Regular, SplitVertical20Regular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { type CompareMode, useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({ group: { display: 'flex', alignItems: 'center', gap: '2px' } });

const MODES: readonly { mode: CompareMode; icon: ReactElement }[] = [
  { mode: 'wipe', icon: <SplitVertical20Regular /> },
  { mode: 'side', icon: <LayoutColumnTwo20Regular /> },
  { mode: 'after', icon: <Image20Regular /> },
];

/** How the result is compared with the target. */
export function CompareModes() {
  const styles = useStyles();
  const compare = useUi((state) => state.compare);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its own box
    <div className={styles.group} role="group" aria-label={text.viewer.compare}>
      {MODES.map(({ mode, icon }) => (
        <Tooltip key={mode} content={text.viewer[mode]} relationship="label">
          <ToggleButton
            size="small"
            appearance="subtle"
            icon={icon}
            checked={compare === mode}
            onClick={() => useUi.setState({ compare: mode })}
          />
        </Tooltip>
      ))}
    </div>
  );
}
