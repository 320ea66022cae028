import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { LOAD, inTask, whenIdle } from "../../../engine/index";
import { t } from "../../i18n/viewer";
import type { Reading } from "./reading";
import { sliceText } from "./readout";
import { indexAt, runsOf, shareOf } from "./ticks";

const PAGE = 10;
const STEPS: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowLeft: -1,
  ArrowDown: 1,
  ArrowRight: 1,
  PageUp: -PAGE,
  PageDown: PAGE,
  Home: -Infinity,
  End: Infinity,
};

/** The whole stack under the thumb: where one is, and how far each slice is here. */
export function Scrubber({ reading }: { reading: Reading }) {
  const track = useRef<HTMLDivElement>(null);
  const isDragged = useSignal(false);
  const count = reading.item.value?.slices.length ?? 0;
  const place = useComputed(() => `top: ${100 * shareOf(reading.index.value, reading.item.value?.slices.length ?? 0)}%`);
  const number = useComputed(() => reading.index.value + 1);
  const words = useComputed(() => (reading.item.value === undefined ? "" : sliceText(reading.index.value, reading.item.value)));
  if (count < 2) return null;
  const goTo = (event: PointerEvent): void => {
    const box = track.current?.getBoundingClientRect();
    if (box !== undefined) reading.goTo(indexAt(event.clientY - box.top, box.height, count));
  };
  const onDown = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    if (event.isTrusted) event.currentTarget.setPointerCapture(event.pointerId);
    isDragged.value = true;
    goTo(event);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    reading.step(step);
  };
  const onEnd = (): void => void (isDragged.value = false);
  return (
    <div
      class="scrubber"
      role="slider"
      tabIndex={0}
      aria-label={t("scrubber.name")}
      aria-orientation="vertical"
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={number}
      aria-valuetext={words}
      onPointerDown={onDown}
      onPointerMove={(event) => {
        if (isDragged.value) goTo(event);
      }}
      onPointerUp={onEnd}
      onPointerCancel={onEnd}
      onKeyDown={onKeyDown}
    >
      <div class="track" ref={track}>
        <Ticks reading={reading} />
        <div class="thumb" style={place}>
          {isDragged.value && (
            <span class="bubble" aria-hidden="true">
              <strong>{number}</strong> / {count}
            </span>
          )}
        </div>
      </div>
    </div>
  );
}

/** By LOAD of the engine. */
const COLOURS: Readonly<Record<number, string>> = { [LOAD.empty]: "--tick-empty", [LOAD.coarse]: "--tick-coarse", [LOAD.full]: "--tick-full", [LOAD.exact]: "--tick-exact" };

/** What comes is marked in an idle moment, some at once: a mark may be late, a finger must not be. */
const MARKED_EVERY_MS = 250;

function Ticks({ reading }: { reading: Reading }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const callOff = useRef<(() => void) | null>(null);
  const draw = (): void => {
    callOff.current = null;
    if (canvas.current !== null) drawTicks(canvas.current, reading.loads());
  };
  const ask = (): void => {
    callOff.current ??= inTask(() => (callOff.current = whenIdle(draw)), MARKED_EVERY_MS);
  };
  useSignalEffect(() => {
    // What the marks depend on: tiles, the stack, and the level that the zoom wants.
    const changes = [reading.loaded.value, reading.item.value, reading.state.value?.zoom];
    if (changes.length > 0) ask();
  });
  useEffect(() => {
    const sizes = new ResizeObserver(ask);
    if (canvas.current !== null) sizes.observe(canvas.current);
    return () => {
      sizes.disconnect();
      callOff.current?.();
    };
  }, []);
  return <canvas ref={canvas} class="ticks" aria-hidden="true" />;
}

function drawTicks(canvas: HTMLCanvasElement, loads: Uint8Array): void {
  const context = canvas.getContext("2d");
  const rows = canvas.clientHeight;
  if (context === null || rows === 0) return;
  // Setting the size clears it, too.
  canvas.width = 1;
  canvas.height = rows;
  const style = getComputedStyle(canvas);
  const colours = Object.values(COLOURS).map((name) => style.getPropertyValue(name));
  for (const { y, height, load } of runsOf(loads, rows)) {
    context.fillStyle = colours[load] ?? "";
    context.fillRect(0, y, 1, height);
  }
}
