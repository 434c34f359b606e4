import {
  Menu,
  MenuButton,
  MenuDivider,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { useSourceFaces } from '../../hooks/use-source-faces.ts';
import { withAssignment } from '../../model/document.ts';
import type { SourceFace } from '../../model/source-face.ts';
import { edit, selectFace, useEdit } from '../../state/edit.ts';
import { text } from '../../text.ts';
import { FaceThumb } from './face-thumb.tsx';

const useStyles = makeStyles({
  button: {
    justifyContent: 'flex-start',
    gap: tokens.spacingHorizontalSNudge,
    minHeight: '40px',
    minWidth: 0,
    width: '100%',
    padding: '2px 4px',
    fontWeight: tokens.fontWeightRegular,
    fontSize: tokens.fontSizeBase200,
  },
  label: {
    flexGrow: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    textAlign: 'left',
  },
  // Few words in a narrow column: they are read, not guessed.
  kept: { color: tokens.colorNeutralForeground3, whiteSpace: 'normal' },
  popover: { maxHeight: '60vh', overflowY: 'auto' },
});

const KEEP = 'keep';
const idOf = (source: SourceFace | undefined): string => (source ? `${source.photo}:${source.face}` : KEEP);

interface SourceChoiceProps {
  /** What is chosen for: the beginning of the button's name. */
  readonly label: string;
  readonly source: SourceFace | undefined;
  /** Null keeps the own face. */
  readonly onChoose: (source: SourceFace | null) => void;
}

/** A menu of every source face, and of keeping the own one. */
export function SourceChoice({ label: whom, source, onChoose }: SourceChoiceProps) {
  const styles = useStyles();
  const choices = useSourceFaces();
  const label = choices.find((choice) => idOf(choice) === idOf(source))?.label;
  const choose = (value: string | undefined) => {
    const choice = choices.find((row) => idOf(row) === value);
    onChoose(choice ? { photo: choice.photo, face: choice.face } : null);
  };
  return (
    <Menu
      checkedValues={{ source: [idOf(source)] }}
      onCheckedValueChange={(_, { checkedItems }) => choose(checkedItems[0])}
    >
      <MenuTrigger disableButtonEnhancement>
        <MenuButton
          className={styles.button}
          appearance="subtle"
          size="small"
          aria-label={`${whom}: ${label ?? text.faces.keep}`}
        >
          {source && <FaceThumb photo={source.photo} face={source.face} size="medium" />}
          <span className={styles.label}>{label ?? <span className={styles.kept}>{text.faces.keep}</span>}</span>
        </MenuButton>
      </MenuTrigger>
      <MenuPopover className={styles.popover}>
        <MenuList>
          <MenuItemRadio name="source" value={KEEP}>
            {text.faces.keep}
          </MenuItemRadio>
          <MenuDivider />
          {choices.map((choice) => (
            <MenuItemRadio
              key={idOf(choice)}
              name="source"
              value={idOf(choice)}
              icon={<FaceThumb photo={choice.photo} face={choice.face} size="small" />}
            >
              {choice.label}
            </MenuItemRadio>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

/** Chooses the source face of a target face, or that it keeps its own. */
export function SourceMenu({ face, number }: { face: number; number: number }) {
  const source = useEdit((state) => state.history.present.assignments[face]);
  return (
    <SourceChoice
      label={text.faces.choose(number)}
      source={source}
      onChoose={(chosen) => {
        selectFace(face);
        edit((doc) => withAssignment(doc, face, chosen));
      }}
    />
  );
}
