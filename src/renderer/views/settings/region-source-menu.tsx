import {
  Button,
  Menu,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
} from '@fluentui/react-components';
import type { RegionId } from '#shared/regions.ts';
import { useSourceFaces } from '../../hooks/use-source-faces.ts';
import { withRegionSource } from '../../model/document.ts';
import type { AssignedFace } from '../../model/region-sources.ts';
import { regionSource } from '../../model/region-sources.ts';
import type { SourceFace } from '../../model/source-face.ts';
import { isSameFace } from '../../model/source-face.ts';
import { edit } from '../../state/edit.ts';
import { text } from '../../text.ts';
import { FaceThumb } from '../photos/face-thumb.tsx';

const useStyles = makeStyles({
  button: { minWidth: '28px', width: '28px', height: '28px', padding: '2px' },
  popover: { maxHeight: '60vh', overflowY: 'auto' },
});

const idOf = ({ photo, face }: SourceFace): string => `${photo}:${face}`;

interface RegionSourceMenuProps {
  readonly region: RegionId;
  readonly name: string;
  readonly targetFace: number;
  readonly entry: AssignedFace;
  readonly disabled: boolean;
}

/** Chooses the source face of one region, where several can be had. */
export function RegionSourceMenu({ region, name, targetFace, entry, disabled }: RegionSourceMenuProps) {
  const styles = useStyles();
  const faces = useSourceFaces();
  const source = regionSource(entry, region);
  const label = faces.find((row) => isSameFace(row, source))?.label ?? '';
  const choose = (value: string | undefined) => {
    const chosen = faces.find((row) => idOf(row) === value);
    if (!chosen) return;
    edit((doc) => withRegionSource(doc, targetFace, region, { photo: chosen.photo, face: chosen.face }));
  };
  return (
    <Menu
      checkedValues={{ source: [idOf(source)] }}
      onCheckedValueChange={(_, { checkedItems }) => choose(checkedItems[0])}
    >
      <MenuTrigger disableButtonEnhancement>
        <Button
          className={styles.button}
          appearance="subtle"
          size="small"
          disabled={disabled}
          aria-label={text.settings.sourceOf(name, label)}
          title={text.settings.sourceOf(name, label)}
          icon={<FaceThumb photo={source.photo} face={source.face} size="small" />}
        />
      </MenuTrigger>
      <MenuPopover className={styles.popover}>
        <MenuList>
          {faces.map((face) => (
            <MenuItemRadio
              key={idOf(face)}
              name="source"
              value={idOf(face)}
              icon={<FaceThumb photo={face.photo} face={face.face} size="small" />}
            >
              {isSameFace(face, entry) ? text.settings.mainSource(face.label) : face.label}
            </MenuItemRadio>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
