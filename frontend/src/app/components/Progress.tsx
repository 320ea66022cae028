import "./small.css";

/** How far something is: `done` of 1, or null while nobody knows. */
export function Progress({ label, done }: { label: string; done: number | null }) {
  const told = done === null ? {} : { "aria-valuenow": Math.round(done * 100), "aria-valuemin": 0, "aria-valuemax": 100 };
  return (
    <div class={done === null ? "progress progress-unknown" : "progress"} role="progressbar" aria-label={label} {...told}>
      <div style={done === null ? {} : { transform: `scaleX(${Math.min(1, Math.max(0, done))})` }} />
    </div>
  );
}
