import { useComputed } from "@preact/signals";
import { type Point, apply, crossing, imageToScreen } from "../../../engine/index";
import { t } from "../../i18n/viewer";
import { planesOf } from "./planes";
import type { Reading } from "./reading";

interface Drawn {
  readonly from: Point;
  readonly to: Point;
  /** Of the slice that cuts. */
  readonly number: number;
}

/** Where the slice in hand cuts through the picture of another pane. */
export function ReferenceLine({ reading }: { reading: Reading }) {
  const line = useComputed(() => lineOver(reading));
  if (line.value === null) return null;
  const { from, to, number } = line.value;
  const end = from.x > to.x ? to : from;
  return (
    <svg class="reference" role="img" aria-label={t("reference.line", { number })}>
      <line class="reference-halo" x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
      <line class="reference-line" x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
      <text x={end.x + 4} y={end.y - 5}>
        {number}
      </text>
    </svg>
  );
}

/** On the screen, CSS pixels; null where the two pictures share no frame of reference, are parallel or do not meet. */
function lineOver(reading: Reading): Drawn | null {
  const { value: cutting } = reading.room.active;
  if (cutting === reading) return null;
  const [here, there] = [shownIn(reading), shownIn(cutting)];
  if (here === null || there === null || here.frameOfReference !== there.frameOfReference) return null;
  const line = crossing(there.plane, here.plane);
  if (line === null) return null;
  const matrix = imageToScreen(here.view, here.format, reading.viewport.value);
  return { from: apply(matrix, line.from), to: apply(matrix, line.to), number: there.index + 1 };
}

/** What is drawn in a pane, while another slice is still on its way, too: a line over it must be true of it. */
function shownIn({ item: { value: item }, state: { value: state } }: Reading) {
  if (item === undefined || state === null || state.shownIndex === null) return null;
  const [plane, format] = [planesOf(item)[state.shownIndex], item.slices[state.shownIndex]?.format];
  const { frameOfReference } = item.series;
  if (plane === null || plane === undefined || format === undefined || frameOfReference === "") return null;
  return { plane, format, frameOfReference, view: state.view, index: state.shownIndex };
}
