import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  DialogTrigger,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { Delete16Regular } from '@fluentui/react-icons';
import type { Pack } from '#shared/contract-models.ts';
import { useStudio } from '../../actions/studio.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  surface: { maxWidth: 'min(460px, calc(100vw - 48px))', backgroundColor: tokens.colorNeutralBackground2 },
});

/** Removes a pack after the user said so once more. */
export function RemoveButton({ pack, disabled }: { pack: Pack; disabled: boolean }) {
  const styles = useStyles();
  const { models } = useStudio();
  return (
    <Dialog modalType="alert">
      <DialogTrigger disableButtonEnhancement>
        <Button
          size="small"
          appearance="subtle"
          icon={<Delete16Regular />}
          disabled={disabled}
          aria-label={text.models.removeOf(pack.title)}
        >
          {text.models.remove}
        </Button>
      </DialogTrigger>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{text.models.removeTitle(pack.title)}</DialogTitle>
          <DialogContent>{text.models.removeBody(text.models.size(pack.bytes))}</DialogContent>
          <DialogActions>
            <DialogTrigger disableButtonEnhancement>
              <Button>{text.cancel}</Button>
            </DialogTrigger>
            <DialogTrigger disableButtonEnhancement>
              <Button appearance="primary" onClick={() => void models.remove(pack.id, pack.title)}>
                {text.models.removeConfirm}
              </Button>
            </DialogTrigger>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
