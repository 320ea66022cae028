import type { LucideIcon } from "lucide-preact";
import type { ComponentChildren } from "preact";
import type { Failure } from "../../protocol/index";
import { t } from "../i18n/index";
import { type Told, tellFailure } from "../words/failures";
import { Button } from "./Button";
import { Empty } from "./Empty";

interface Place {
  icon: LucideIcon;
  onRetry: () => void;
  /** What else can be done. */
  children?: ComponentChildren;
}

/** In the place of what could not be had: what happened, what to do, and another try. */
export const Failed = ({ failure, ...place }: Place & { failure: Failure }) => <Missing {...place} {...tellFailure(failure)} />;

/** The same in words of the place's own. */
export function Missing({ icon, title, what, request, onRetry, children }: Place & Told) {
  return (
    <Empty icon={icon} title={title} request={request}>
      <p>{what}</p>
      <Button look="primary" onClick={onRetry}>
        {t("common.retry")}
      </Button>
      {children}
    </Empty>
  );
}
