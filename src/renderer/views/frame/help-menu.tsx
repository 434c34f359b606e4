import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import {
  KeyboardShift20Regular,
  Lightbulb20Regular,
  QuestionCircle20Regular,
  Stethoscope20Regular,
} from '@fluentui/react-icons';
import { openDialog, useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';

/** Tour, shortcuts and diagnostics. */
export function HelpMenu() {
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button
          appearance="subtle"
          icon={<QuestionCircle20Regular />}
          aria-label={text.titleBar.help}
          title={text.titleBar.help}
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem icon={<Lightbulb20Regular />} onClick={() => useUi.setState({ tour: 0, tab: 'image' })}>
            {text.titleBar.tour}
          </MenuItem>
          <MenuItem icon={<KeyboardShift20Regular />} onClick={() => openDialog('shortcuts')}>
            {text.titleBar.shortcuts}
          </MenuItem>
          <MenuItem icon={<Stethoscope20Regular />} onClick={() => openDialog('doctor')}>
            {text.titleBar.doctor}
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
