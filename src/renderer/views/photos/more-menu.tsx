import {
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components';
import { ChevronDown16Regular, History20Regular, PersonSquare20Regular } from '@fluentui/react-icons';
import { useState } from 'react';
import type { RecentFile, SampleFace } from '../../actions/files.ts';
import { useStudio } from '../../actions/studio.ts';
import type { Well } from '../../state/photos.ts';
import { text } from '../../text.ts';

/** Recent files and sample faces for a well; both lists are read when the menu opens. */
export function MoreMenu({ well }: { well: Well }) {
  const { files } = useStudio();
  const [recent, setRecent] = useState<readonly RecentFile[]>([]);
  const [samples, setSamples] = useState<readonly SampleFace[]>([]);
  const opened = (open: boolean) => {
    if (!open) return;
    void files.recent().then(setRecent);
    void files.samples().then(setSamples);
  };
  return (
    <Menu onOpenChange={(_, { open }) => opened(open)}>
      <MenuTrigger disableButtonEnhancement>
        <Button
          appearance="subtle"
          size="small"
          icon={<ChevronDown16Regular />}
          aria-label={text.wells.more[well]}
          title={text.wells.more[well]}
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>{text.wells.samples}</MenuGroupHeader>
            {samples.length === 0 && <MenuItem disabled>{text.wells.samplesEmpty}</MenuItem>}
            {samples.map((sample) => (
              <MenuItem
                key={sample.id}
                icon={<PersonSquare20Regular />}
                onClick={() => void files.openSample(sample.id, well)}
              >
                {sample.title}
              </MenuItem>
            ))}
          </MenuGroup>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>{text.wells.recent}</MenuGroupHeader>
            {recent.length === 0 && <MenuItem disabled>{text.wells.recentEmpty}</MenuItem>}
            {recent.map((file) => (
              <MenuItem
                key={file.id}
                icon={<History20Regular />}
                disabled={!file.exists}
                onClick={() => void files.openRecent(file, well)}
              >
                {file.exists ? file.name : text.wells.recentGone(file.name)}
              </MenuItem>
            ))}
            {recent.length > 0 && (
              <MenuItem onClick={() => void files.clearRecent()}>{text.wells.clearRecent}</MenuItem>
            )}
          </MenuGroup>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
