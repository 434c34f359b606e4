import {
  Button,
  Dropdown,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  Option,
} from '@fluentui/react-components';
import { ArrowReset20Regular, MoreHorizontal20Regular, Save20Regular } from '@fluentui/react-icons';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { useStudio } from '../../actions/studio.ts';
import { withSettings } from '../../model/document.ts';
import { effectiveEngine, isUntouched, PRESETS, type PresetId, presetById, presetOf } from '../../model/presets.ts';
import { edit, useEdit } from '../../state/edit.ts';
import { useModels } from '../../state/models.ts';
import { say } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { RegionTable } from './region-table.tsx';
import { Section } from './section.tsx';

const useStyles = makeStyles({ preset: { minWidth: 0, width: '100%' } });

const isPreset = (value: string | undefined): value is PresetId => PRESETS.some(({ id }) => id === value);

function SettingsMenu() {
  const { preferences } = useStudio();
  const settings = useEdit((state) => state.history.present.settings);
  const saveDefault = () =>
    preferences.set({ swap: settings }).then(() => say({ intent: 'success', title: text.settings.saved }));
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button
          appearance="subtle"
          size="small"
          icon={<MoreHorizontal20Regular />}
          aria-label={text.settings.more}
          title={text.settings.more}
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem
            icon={<ArrowReset20Regular />}
            disabled={isUntouched(settings, DEFAULT_SWAP_SETTINGS)}
            onClick={() => edit((doc) => withSettings(doc, DEFAULT_SWAP_SETTINGS))}
          >
            {text.settings.reset}
          </MenuItem>
          <MenuItem icon={<Save20Regular />} onClick={() => void saveDefault()}>
            {text.settings.saveDefault}
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

/** Presets and the table of regions. */
export function RegionsSection() {
  const styles = useStyles();
  const { regions, engine } = useEdit((state) => state.history.present.settings);
  const models = useModels((state) => state.models);
  const preset = presetOf(regions);
  return (
    <Section title={text.settings.regions} tour="regions" actions={<SettingsMenu />}>
      <Dropdown
        className={styles.preset}
        size="small"
        aria-label={text.settings.preset}
        selectedOptions={preset ? [preset] : []}
        value={preset ? text.settings.presets[preset] : text.settings.custom}
        onOptionSelect={(_, { optionValue }) => {
          if (isPreset(optionValue)) edit((doc) => withSettings(doc, { regions: presetById(optionValue) }));
        }}
      >
        {PRESETS.map(({ id }) => (
          <Option key={id} value={id}>
            {text.settings.presets[id]}
          </Option>
        ))}
      </Dropdown>
      <RegionTable engine={effectiveEngine(engine, models)} />
    </Section>
  );
}
