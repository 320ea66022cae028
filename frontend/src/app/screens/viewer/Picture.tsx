import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { LENS_RADIUS_PX } from "../../../engine/index";
import { t } from "../../i18n/viewer";
import { Corners } from "./Corners";
import { Letters } from "./Letters";
import { ProbeMark } from "./ProbeMark";
import type { Reading } from "./reading";
import { sliceText, seriesTitle } from "./readout";
import { ReferenceLine } from "./ReferenceLine";
import { Scrubber } from "./Scrubber";
import { InPlaceOfPicture } from "./Trouble";

interface PictureProps {
  reading: Reading;
  name: string;
  /** Whether it is the one in hand; null where there is no other. */
  isActive: boolean | null;
  /** What is carried would be put here. */
  isTarget: boolean;
}

/** One pane: the canvas, the surface that hands touch, and what is printed over it. */
export function Picture({ reading, name, isActive, isTarget }: PictureProps) {
  const surface = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current === null || surface.current === null) return;
    return reading.attach(canvas.current, surface.current);
  }, [reading]);
  const shows = useComputed(() => {
    const { value: item } = reading.item;
    return item === undefined
      ? t("pane.empty")
      : t("picture.name", { series: seriesTitle(item), slice: sliceText(reading.index.value, item) });
  });
  const aside = useComputed(() => `--slide: ${reading.sliding.slide.value?.offset ?? 0}px`);
  const sliding = useComputed(() => {
    const { value: slide } = reading.sliding.slide;
    return slide === null ? undefined : slide.isLetGo ? "goes" : "held";
  });
  return (
    <section
      class="picture"
      aria-label={name}
      data-pane={reading.id}
      data-active={isActive ?? undefined}
      data-target={isTarget ? "" : undefined}
      data-sliding={sliding}
      style={aside}
      onFocusIn={({ target }) => {
        // What only tells of the pane does not take it in hand.
        if (target instanceof Element && target.closest("[role=slider]") !== null) reading.room.activate(reading);
      }}
    >
      <div class="surface" ref={surface}>
        <canvas ref={canvas} role="img" aria-label={shows} />
      </div>
      {reading.item.value === undefined ? (
        <p class="pane-empty">{t("pane.empty")}</p>
      ) : (
        <div class="over">
          <ReferenceLine reading={reading} />
          <Letters reading={reading} />
          <Corners reading={reading} />
          <InPlaceOfPicture reading={reading} />
          <Lens reading={reading} />
          <ProbeMark reading={reading} />
        </div>
      )}
      <Scrubber reading={reading} />
      <Coming reading={reading} />
    </section>
  );
}

/** What comes when the finger lets go, beside the picture that it slides away. */
function Coming({ reading }: { reading: Reading }) {
  const coming = useComputed(() => reading.sliding.slide.value?.coming ?? null);
  const side = useComputed(() => ((reading.sliding.slide.value?.offset ?? 0) < 0 ? "right" : "left"));
  const { value: item } = coming;
  if (item === null) return null;
  return (
    <div class="coming" data-side={side} aria-hidden="true">
      {item.thumbnail !== null && <img src={item.thumbnail} alt="" width={96} height={96} />}
      <span>{seriesTitle(item)}</span>
    </div>
  );
}

function Lens({ reading }: { reading: Reading }) {
  const style = useComputed(() => {
    const at = reading.state.value?.lensCentre;
    if (at === null || at === undefined) return "display: none";
    const size = 2 * LENS_RADIUS_PX;
    return `width: ${size}px; height: ${size}px; transform: translate(${at.x - LENS_RADIUS_PX}px, ${at.y - LENS_RADIUS_PX}px)`;
  });
  return <div class="lens" style={style} />;
}
