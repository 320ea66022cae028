import { useComputed } from "@preact/signals";
import { edgeLetters } from "../../../engine/index";
import type { Reading } from "./reading";
import { placesOf } from "./edges";

/** The scrubber's line and thumb lie at the right edge. */
const SCRUBBER_PX = 30;

/** Which side of the patient each edge is; nothing where the file does not say. */
export function Letters({ reading }: { reading: Reading }) {
  const letters = useComputed(() => {
    const { value: state } = reading.state;
    const { value: slice } = reading.slice;
    if (state === null || slice === undefined || state.shownIndex === null) return null;
    // Of the slice that is drawn: while another one is on its way, its letters would be a lie.
    const shown = reading.item.value?.slices[state.shownIndex] ?? slice;
    return edgeLetters(shown.format.orientation, shown.format.patientOrientation, state.view);
  });
  const places = useComputed(() => {
    const { value: state } = reading.state;
    const format = reading.item.value?.stack.frames[state?.shownIndex ?? 0]?.format;
    return state === null || format === undefined ? null : placesOf(state.view, format, reading.viewport.value);
  });
  if (letters.value === null || places.value === null) return null;
  const { left, top, bottom } = places.value;
  const isStack = (reading.item.value?.slices.length ?? 0) > 1;
  const right = Math.max(places.value.right, isStack ? SCRUBBER_PX : 0);
  return (
    <>
      <span class="letter letter-left" style={`--at: ${left}px`} data-edge="left">
        {letters.value.left}
      </span>
      <span class="letter letter-right" style={`--at: ${right}px`} data-edge="right">
        {letters.value.right}
      </span>
      <span class="letter letter-top" style={`--at: ${top}px`} data-edge="top">
        {letters.value.top}
      </span>
      <span class="letter letter-bottom" style={`--at: ${bottom}px`} data-edge="bottom">
        {letters.value.bottom}
      </span>
    </>
  );
}
