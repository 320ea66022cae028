import type { LucideIcon } from "lucide-preact";
import type { ComponentChildren } from "preact";
import "./small.css";

interface Props {
  icon: LucideIcon;
  title: string;
  /** What can be done now. */
  children?: ComponentChildren;
  /** The request that failed, for whoever reports it. */
  request?: string | undefined;
}

/** In the place of a list: why there is nothing, and the next step. */
export function Empty({ icon: Icon, title, children, request }: Props) {
  return (
    <div class="empty">
      <Icon size={40} aria-hidden="true" />
      <h1>{title}</h1>
      {children}
      {request && <p class="empty-request">{request}</p>}
    </div>
  );
}
