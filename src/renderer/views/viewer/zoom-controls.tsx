import { Button, makeStyles, Tooltip } from '@fluentui/react-components';
import { ZoomIn20Regular, ZoomOut20Regular } from '@fluentui/react-icons';
import type { Viewport } from '../../hooks/use-viewport.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  group: { display: 'flex', alignItems: 'center', gap: '2px' },
  scale: { minWidth: '52px', padding: '0 4px', fontVariantNumeric: 'tabular-nums' },
});

/** Out, in, and between them the scale, which switches between the whole picture and 100 %. */
export function ZoomControls({ viewport, disabled }: { viewport: Viewport; disabled: boolean }) {
  const styles = useStyles();
  const { fitted, view } = viewport;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its own box
    <div className={styles.group} role="group" aria-label={text.viewer.zoom}>
      <Tooltip content={text.viewer.zoomOut} relationship="label">
        <Button
          size="small"
          appearance="subtle"
          icon={<ZoomOut20Regular />}
          disabled={disabled}
          onClick={() => viewport.step(-1)}
        />
      </Tooltip>
      <Tooltip content={fitted ? text.viewer.toFull : text.viewer.toFit} relationship="description">
        <Button
          className={styles.scale}
          size="small"
          appearance="subtle"
          disabled={disabled}
          onClick={fitted ? viewport.full : viewport.fit}
        >
          {fitted ? text.viewer.fit : text.viewer.zoomValue(Math.round(view.scale * 100))}
        </Button>
      </Tooltip>
      <Tooltip content={text.viewer.zoomIn} relationship="label">
        <Button
          size="small"
          appearance="subtle"
          icon={<ZoomIn20Regular />}
          disabled={disabled}
          onClick={() => viewport.step(1)}
        />
      </Tooltip>
    </div>
  );
}
