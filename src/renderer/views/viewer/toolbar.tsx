import { Button, makeStyles, Tab, TabList, ToggleButton, Tooltip, tokens } from '@fluentui/react-components';
import { Filmstrip20Regular, ScanPerson20Regular, SelectObject20Regular } from '@fluentui/react-icons';
import type { Viewport } from '../../hooks/use-viewport.ts';
import { type Subject, show, useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { CompareModes } from './compare-modes.tsx';
import { ZoomControls } from './zoom-controls.tsx';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    minHeight: '44px',
    padding: `0 ${tokens.spacingHorizontalS}`,
    backgroundColor: tokens.colorNeutralBackground2,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    '@media (max-width: 1179px)': { gap: 0, padding: 0 },
  },
  tabs: { flexGrow: 1, minWidth: 0 },
  divider: {
    width: '1px',
    height: '20px',
    backgroundColor: tokens.colorNeutralStroke2,
    margin: '0 4px',
    '@media (max-width: 1179px)': { margin: '0 1px' },
  },
  stages: { '@media (max-width: 1179px)': { minWidth: '28px', padding: '3px' } },
  wide: { '@media (max-width: 1179px)': { display: 'none' } },
});

export interface SubjectTab {
  readonly subject: Subject;
  readonly label: string;
  readonly disabled: boolean;
}

interface ToolbarProps {
  readonly tabs: readonly SubjectTab[];
  readonly shown: Subject['kind'] | null;
  readonly viewport: Viewport;
  readonly boxes: boolean;
  readonly onBoxes: (on: boolean) => void;
  readonly hasPicture: boolean;
  /** Zooms to the selected face; null where none is shown. */
  readonly toFace: (() => void) | null;
  readonly hasResult: boolean;
}

/** What the viewer shows, how it compares, and at which size. */
export function Toolbar({ tabs, shown, viewport, boxes, onBoxes, hasPicture, toFace, hasResult }: ToolbarProps) {
  const styles = useStyles();
  const stagesOpen = useUi((state) => state.stagesOpen);
  return (
    <div className={styles.root}>
      <TabList
        className={styles.tabs}
        size="small"
        aria-label={text.viewer.subjects}
        selectedValue={shown}
        onTabSelect={(_, { value }) => {
          const tab = tabs.find((row) => row.subject.kind === value);
          if (tab) show(tab.subject);
        }}
      >
        {tabs.map(({ subject, label, disabled }) => (
          <Tab key={subject.kind} value={subject.kind} disabled={disabled}>
            {label}
          </Tab>
        ))}
      </TabList>
      {shown === 'result' && <CompareModes />}
      {(shown === 'source' || shown === 'target') && (
        <Tooltip content={text.viewer.boxes} relationship="label">
          <ToggleButton
            size="small"
            appearance="subtle"
            icon={<SelectObject20Regular />}
            checked={boxes}
            onClick={() => onBoxes(!boxes)}
          />
        </Tooltip>
      )}
      <span className={styles.divider} />
      <ZoomControls viewport={viewport} disabled={!hasPicture} />
      <Tooltip content={text.viewer.toFace} relationship="label">
        <Button
          size="small"
          appearance="subtle"
          icon={<ScanPerson20Regular />}
          disabled={!toFace}
          onClick={() => toFace?.()}
        />
      </Tooltip>
      <span className={styles.divider} />
      <ToggleButton
        size="small"
        appearance="subtle"
        icon={<Filmstrip20Regular />}
        checked={stagesOpen}
        disabled={!hasResult}
        aria-label={text.viewer.stages}
        className={styles.stages}
        onClick={() => useUi.setState({ stagesOpen: !stagesOpen })}
      >
        <span className={styles.wide}>{text.viewer.stages}</span>
      </ToggleButton>
    </div>
  );
}
