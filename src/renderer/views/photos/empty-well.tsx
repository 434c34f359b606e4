import { ImageAdd24Regular } from '@fluentui/react-icons';
import { useStudio } from '../../actions/studio.ts';
import type { Well } from '../../state/photos.ts';
import { useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { EmptyFrame } from './empty-frame.tsx';
import { pickFiles } from './pick-files.ts';

/** What a well shows before it has a photo. */
export function EmptyWell({ well }: { well: Well }) {
  const studio = useStudio();
  const over = useUi((state) => state.dropWell === well);
  const drop = well === 'source' ? text.wells.dropSource : text.wells.dropTarget;
  return (
    <EmptyFrame
      icon={<ImageAdd24Regular aria-hidden />}
      title={over ? drop : text.wells.empty}
      hint={text.wells.paste}
      choose={text.wells.choose}
      chooseLabel={well === 'source' ? text.wells.chooseSource : text.wells.chooseTarget}
      over={over}
      onChoose={() => pickFiles(studio, well)}
    />
  );
}
