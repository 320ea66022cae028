import "./small.css";

/** The shape of what is coming. Give it the size of the real thing, in CSS lengths. */
export function Skeleton({ width, height, round = false }: { width: string; height: string; round?: boolean }) {
  return <span class={round ? "skeleton skeleton-round" : "skeleton"} style={{ width, height }} aria-hidden="true" />;
}
