import { Button, makeStyles, Tab, TabList, ToggleButton, Tooltip, tokens } from '@fluentui/react-components';
import {
  Filmstrip20Regular,
  Image20Regular,
  LayoutColumnTwo20Regular,
  ScanPerson20Regular,
  SplitVertical20Regular,
  ZoomIn20Regular,
  ZoomOut20Regular,
} from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import type { Viewport } from '../../hooks/use-viewport.ts';
import { type CompareMode, type Subject, show, useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    minHeight: '44px',
    padding: `0 ${tokens.spacingHorizontalS}`,
    backgroundColor: tokens.colorNeutralBackground2,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  tabs: { flexGrow: 1, minWidth: 0 },
  group: { display: 'flex', alignItems: 'center', gap: '2px' },
  divider: { width: '1px', height: '20px', backgroundColor: tokens.colorNeutralStroke2, margin: '0 4px' },
  wide: { '@media (max-width: 1179px)': { display: 'none' } },
  zoom: { minWidth: '56px', fontVariantNumeric: 'tabular-nums' },
});

const MODES: readonly { mode: CompareMode; icon: ReactElement }[] = [
  { mode: 'wipe', icon: <SplitVertical20Regular /> },
  { mode: 'side', icon: <LayoutColumnTwo20Regular /> },
  { mode: 'after', icon: <Image20Regular /> },
];

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
  readonly hasResult: boolean;
}

/** What the viewer shows, how it compares, and at which size. */
export function Toolbar({ tabs, shown, viewport, boxes, onBoxes, hasPicture, hasResult }: ToolbarProps) {
  const styles = useStyles();
  const compare = useUi((state) => state.compare);
  const stagesOpen = useUi((state) => state.stagesOpen);
  const percent = Math.round(viewport.view.scale * 100);
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
      {shown === 'result' && (
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
      )}
      {(shown === 'source' || shown === 'target') && (
        <Tooltip content={text.viewer.boxes} relationship="label">
          <ToggleButton
            size="small"
            appearance="subtle"
            icon={<ScanPerson20Regular />}
            checked={boxes}
            onClick={() => onBoxes(!boxes)}
          />
        </Tooltip>
      )}
      <span className={styles.divider} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its own box */}
      <div className={styles.group} role="group" aria-label={text.viewer.zoom}>
        <Tooltip content={text.viewer.zoomOut} relationship="label">
          <Button
            size="small"
            appearance="subtle"
            icon={<ZoomOut20Regular />}
            disabled={!hasPicture}
            onClick={() => viewport.step(-1)}
          />
        </Tooltip>
        <Tooltip content={viewport.fitted ? text.viewer.full : text.viewer.fit} relationship="description">
          <Button
            className={styles.zoom}
            size="small"
            appearance="subtle"
            disabled={!hasPicture}
            onClick={viewport.fitted ? viewport.full : viewport.fit}
          >
            {viewport.fitted ? text.viewer.fit : text.viewer.zoomValue(percent)}
          </Button>
        </Tooltip>
        <Tooltip content={text.viewer.zoomIn} relationship="label">
          <Button
            size="small"
            appearance="subtle"
            icon={<ZoomIn20Regular />}
            disabled={!hasPicture}
            onClick={() => viewport.step(1)}
          />
        </Tooltip>
      </div>
      <span className={styles.divider} />
      <ToggleButton
        size="small"
        appearance="subtle"
        icon={<Filmstrip20Regular />}
        checked={stagesOpen}
        disabled={!hasResult}
        aria-label={text.viewer.stages}
        onClick={() => useUi.setState({ stagesOpen: !stagesOpen })}
      >
        <span className={styles.wide}>{text.viewer.stages}</span>
      </ToggleButton>
    </div>
  );
}
