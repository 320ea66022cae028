import { X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../i18n/index";
import { IconButton } from "./Button";
import { type SheetHeight, nearestHeight, shownPx, stepped } from "./sheetHeights";
import "./sheet.css";

interface Props {
  title: string;
  /** Where it opens. */
  at?: SheetHeight;
  /** The heights at which it rests, lowest first. */
  heights?: readonly SheetHeight[];
  onHeight?: (height: SheetHeight) => void;
  onClose: () => void;
  children: ComponentChildren;
}

const ALL: readonly SheetHeight[] = ["peek", "half", "full"];

/**
 * A panel at the bottom, under the thumb, over a picture that stays in use: it is not modal and has no scrim.
 * Drawn down below its lowest height it closes. Opened, it takes the focus; closed, it gives it back; Esc closes it.
 */
export function Sheet({ title, at = "half", heights = ALL, onHeight, onClose, children }: Props) {
  const sheet = useRef<HTMLElement>(null);
  const id = useId();
  const [height, setHeight] = useState<SheetHeight>(at);
  useFocusHeld(sheet);
  const rest = (next: SheetHeight | null): void => {
    if (next === null) {
      onClose();
      return;
    }
    setHeight(next);
    if (next !== height) onHeight?.(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  };
  return (
    <section ref={sheet} class="sheet" data-height={height} role="dialog" aria-labelledby={id} tabIndex={-1} onKeyDown={onKeyDown}>
      <header class="sheet-head" onPointerDown={(event) => drag(event, sheet.current, heights, rest)}>
        <Handle height={height} heights={heights} rest={rest} />
        <h2 id={id}>{title}</h2>
        <IconButton icon={X} label={t("common.close")} onClick={onClose} />
      </header>
      <div class="sheet-body">{children}</div>
    </section>
  );
}

function Handle({ height, heights, rest }: { height: SheetHeight; heights: readonly SheetHeight[]; rest: (next: SheetHeight | null) => void }) {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    event.stopPropagation();
    rest(stepped(height, heights, event.key === "ArrowUp" ? 1 : -1));
  };
  const cycle = (): void => rest(height === heights.at(-1) ? (heights[0] ?? height) : stepped(height, heights, 1));
  return <button type="button" class="sheet-handle" aria-label={t("sheet.handle", { height: t(`sheet.${height}`) })} onKeyDown={onKeyDown} onClick={cycle} />;
}

function useFocusHeld(sheet: { current: HTMLElement | null }): void {
  useEffect(() => {
    const before = document.activeElement;
    const opened = sheet.current;
    opened?.focus({ preventScroll: true });
    return () => {
      const stillHere = document.activeElement === document.body || opened?.contains(document.activeElement);
      if (stillHere && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [sheet]);
}

const MOVED_PX = 6;

/** Follow the finger on the sheet's head, and come to rest where it was heading. */
function drag(start: PointerEvent, sheet: HTMLElement | null, heights: readonly SheetHeight[], rest: (next: SheetHeight | null) => void): void {
  if (!sheet || start.button !== 0 || !(start.currentTarget instanceof HTMLElement)) return;
  const head = start.currentTarget;
  const from = sheet.getBoundingClientRect().top;
  let last = { y: start.clientY, at: start.timeStamp, speed: 0 };
  let moved = false;

  const onMove = (event: PointerEvent): void => {
    if (event.pointerId !== start.pointerId) return;
    if (!moved && Math.abs(event.clientY - start.clientY) < MOVED_PX) return;
    if (!moved) head.setPointerCapture(start.pointerId);
    moved = true;
    const elapsed = Math.max(1, event.timeStamp - last.at);
    last = { y: event.clientY, at: event.timeStamp, speed: (event.clientY - last.y) / elapsed };
    sheet.style.setProperty("--drawn", `${Math.max(0, innerHeight - from - (event.clientY - start.clientY))}px`);
    sheet.dataset["dragged"] = "";
  };
  const onEnd = (event: PointerEvent): void => {
    if (event.pointerId !== start.pointerId) return;
    for (const [name, listener] of listeners) head.removeEventListener(name, listener);
    sheet.style.removeProperty("--drawn");
    delete sheet.dataset["dragged"];
    if (!moved) return;
    head.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => head.removeEventListener("click", swallow, { capture: true }));
    rest(nearestHeight(shownPx(from, last.y - start.clientY), last.speed, heights));
  };
  const listeners = [
    ["pointermove", onMove],
    ["pointerup", onEnd],
    ["pointercancel", onEnd],
  ] as const;
  for (const [name, listener] of listeners) head.addEventListener(name, listener);
}

/** The click that a browser makes of the end of a drag. */
function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}
