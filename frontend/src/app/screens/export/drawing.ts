/** One finger or the mouse on the picture: a new region, or one that is moved or sized. */
import { type Box, type Region, type Size, boxBetween, moved, sized } from "./regions";

/** Where a pointer went down. */
export type Grip = { kind: "ground" } | { kind: "region" | "corner"; region: Region };

export interface Drawing {
  /** What it would be if it were let go now; null where it would be nothing. */
  onChange: (box: Box | null, grip: Grip) => void;
  /** It was let go: `box` is what it is. */
  onEnd: (box: Box | null, grip: Grip) => void;
  /** It was called off, as by a second finger or the system. */
  onCancel: () => void;
}

/** Follow this pointer until it is lifted. `stage` is the picture's element, whose edges are those of the image. */
export function follow(start: PointerEvent, stage: HTMLElement, grip: Grip, size: Size, drawing: Drawing): void {
  const at = (event: PointerEvent): { x: number; y: number } => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    return { x: ((event.clientX - left) / width) * size.columns, y: ((event.clientY - top) / height) * size.rows };
  };
  const from = at(start);
  const boxNow = (event: PointerEvent): Box | null => {
    const to = at(event);
    if (grip.kind === "ground") return boxBetween(from, to, size);
    const by = grip.kind === "region" ? moved : sized;
    return by(grip.region, to.x - from.x, to.y - from.y, size);
  };
  const isMine = (event: PointerEvent): boolean => event.pointerId === start.pointerId;
  const onMove = (event: PointerEvent): void => {
    if (isMine(event)) drawing.onChange(boxNow(event), grip);
  };
  const onUp = (event: PointerEvent): void => {
    if (!isMine(event)) return;
    end();
    drawing.onEnd(boxNow(event), grip);
  };
  const onCancel = (event: PointerEvent): void => {
    if (!isMine(event)) return;
    end();
    drawing.onCancel();
  };
  const end = (): void => {
    stage.removeEventListener("pointermove", onMove);
    stage.removeEventListener("pointerup", onUp);
    stage.removeEventListener("pointercancel", onCancel);
  };
  stage.addEventListener("pointermove", onMove);
  stage.addEventListener("pointerup", onUp);
  stage.addEventListener("pointercancel", onCancel);
  stage.setPointerCapture(start.pointerId);
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SHARE_OF_SIDE = 0.01;

/** Where an arrow key puts a region: a hundredth of the image on, or with Shift so much wider or higher. Null for other keys. */
export function stepped(region: Region, key: string, grows: boolean): Box | null {
  const step = STEPS[key];
  if (step === undefined) return null;
  const unit = (side: number): number => Math.max(1, Math.round(side * SHARE_OF_SIDE));
  const by = grows ? sized : moved;
  return by(region, step[0] * unit(region.columns), step[1] * unit(region.rows), region);
}
