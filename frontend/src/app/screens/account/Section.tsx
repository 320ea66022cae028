import type { ComponentChildren } from "preact";

export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="account-section">
      <h2>{title}</h2>
      <div class="account-card">{children}</div>
    </section>
  );
}

interface RowProps {
  title: ComponentChildren;
  what?: ComponentChildren;
  children?: ComponentChildren;
}

/** A thing, what it is, and what can be done with it. */
export function Row({ title, what, children }: RowProps) {
  return (
    <div class="account-row">
      <div>
        <p class="account-row-title">{title}</p>
        {what && <p class="account-row-what">{what}</p>}
      </div>
      {children && <div class="account-row-acts">{children}</div>}
    </div>
  );
}
