import { Dropdown, Field, makeStyles, Option, Radio, RadioGroup, Tab, TabList } from '@fluentui/react-components';
import { useState } from 'react';
import { DEVICES, THEMES } from '#shared/settings.ts';
import { useStudio } from '../../actions/studio.ts';
import { usePreferences } from '../../state/preferences.ts';
import { text } from '../../text.ts';
import { About } from './about.tsx';
import { Folders } from './folders.tsx';
import { DialogFrame } from './frame.tsx';

const useStyles = makeStyles({ page: { display: 'flex', flexDirection: 'column', gap: '20px', minHeight: '300px' } });

const PAGES = ['general', 'folders', 'about'] as const;
type Page = (typeof PAGES)[number];
const find = <T extends string>(values: readonly T[], value: unknown): T | undefined =>
  values.find((row) => row === value);

function General() {
  const { preferences } = useStudio();
  const settings = usePreferences((state) => state.settings);
  return (
    <>
      <Field label={text.preferences.theme}>
        <RadioGroup
          value={settings.theme}
          onChange={(_, { value }) => {
            const theme = find(THEMES, value);
            if (theme) void preferences.set({ theme });
          }}
        >
          {THEMES.map((theme) => (
            <Radio key={theme} value={theme} label={text.preferences.themes[theme]} />
          ))}
        </RadioGroup>
      </Field>
      <Field label={text.preferences.device} hint={text.preferences.deviceHint}>
        <Dropdown
          selectedOptions={[settings.device]}
          value={text.preferences.devices[settings.device]}
          onOptionSelect={(_, { optionValue }) => {
            const device = find(DEVICES, optionValue);
            if (device) void preferences.set({ device });
          }}
        >
          {DEVICES.map((device) => (
            <Option key={device} value={device}>
              {text.preferences.devices[device]}
            </Option>
          ))}
        </Dropdown>
      </Field>
    </>
  );
}

const CONTENT = { general: General, folders: Folders, about: About } as const;

/** Theme, device, folders, and what this program is made of. */
export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const styles = useStyles();
  const [page, setPage] = useState<Page>('general');
  const Content = CONTENT[page];
  return (
    <DialogFrame title={text.preferences.title} onClose={onClose}>
      <TabList
        aria-label={text.preferences.title}
        selectedValue={page}
        onTabSelect={(_, { value }) => setPage(find(PAGES, value) ?? page)}
      >
        {PAGES.map((name) => (
          <Tab key={name} value={name}>
            {text.preferences[name]}
          </Tab>
        ))}
      </TabList>
      <div className={styles.page}>
        <Content />
      </div>
    </DialogFrame>
  );
}
