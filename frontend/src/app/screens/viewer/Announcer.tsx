import { useSignal, useSignalEffect } from "@preact/signals";
import type { Reading } from "./reading";
import { sliceText, windowText } from "./readout";

/** What changes while one scrolls is told once it rests: a reader of screens would never finish otherwise. */
const RESTS_AFTER_MS = 700;

export function Announcer({ reading }: { reading: Reading }) {
  const said = useSignal("");
  useSignalEffect(() => {
    const { value: state } = reading.state;
    const { value: item } = reading.item;
    if (state === null || item === undefined || state.isPlaying) return;
    const unit = reading.slice.value?.format.unit ?? "";
    const words = [sliceText(state.index, item), windowText(state.window, unit)].filter(Boolean).join(", ");
    const timer = setTimeout(() => (said.value = words), RESTS_AFTER_MS);
    return () => {
      clearTimeout(timer);
    };
  });
  return (
    <p class="heard" role="status" aria-live="polite">
      {said}
    </p>
  );
}
