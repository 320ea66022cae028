import { RefreshCw } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";

const ENOUGH_PX = 72;
const MOST_PX = 110;

/** At the very top, drawing the list down asks for it anew. The mark follows the finger; the list does not move. */
export function PullToRefresh({ onRefresh }: { onRefresh: () => Promise<void> }) {
  const mark = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let from: { x: number; y: number } | null = null;
    let drawn = 0;
    const show = (px: number): void => {
      drawn = px;
      const style = mark.current?.style;
      style?.setProperty("opacity", String(Math.min(1, px / ENOUGH_PX)));
      style?.setProperty("transform", `translateY(${px}px) rotate(${px * 3}deg)`);
    };
    const onStart = (event: TouchEvent): void => {
      const touch = event.touches[0];
      const begins = scrollY <= 0 && event.touches.length === 1 && !(event.target as Element).closest("dialog, .filters");
      from = begins && touch ? { x: touch.clientX, y: touch.clientY } : null;
    };
    const onMove = (event: TouchEvent): void => {
      const touch = event.touches[0];
      if (from === null || !touch || scrollY > 0) return;
      const down = touch.clientY - from.y;
      const isSideways = Math.abs(touch.clientX - from.x) > Math.abs(down);
      show(isSideways ? 0 : Math.max(0, Math.min(MOST_PX, down * 0.5)));
    };
    const onEnd = (): void => {
      const enough = from !== null && drawn >= ENOUGH_PX;
      from = null;
      show(0);
      if (enough) void onRefresh();
    };
    const on = { passive: true } as const;
    addEventListener("touchstart", onStart, on);
    addEventListener("touchmove", onMove, on);
    addEventListener("touchend", onEnd, on);
    addEventListener("touchcancel", onEnd, on);
    return () => {
      removeEventListener("touchstart", onStart);
      removeEventListener("touchmove", onMove);
      removeEventListener("touchend", onEnd);
      removeEventListener("touchcancel", onEnd);
    };
  }, [onRefresh]);
  return (
    <div ref={mark} class="pull" aria-hidden="true">
      <RefreshCw size={20} />
    </div>
  );
}
