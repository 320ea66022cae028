import type { Failure } from "../../protocol/index";
import { t } from "../i18n/index";

export interface Told {
  title: string;
  what: string;
  request?: string | undefined;
}

/** What happened and what to do, for whoever sees it. */
export function tellFailure(failure: Failure): Told {
  switch (failure.kind) {
    case "offline":
      return { title: t("failure.offline"), what: t("failure.offline.what"), request: undefined };
    case "busy":
      return { title: t("failure.busy"), what: t("failure.busy.what"), request: undefined };
    case "server":
      return { title: t("failure.server"), what: t("failure.server.what"), request: requestWords(failure.requestId) };
    case "refused":
      return { title: t("failure.refused"), what: reasonOf(failure) || failure.message, request: requestWords(failure.requestId) };
    case "signed_out":
      return { title: t("failure.signedOut"), what: t("failure.signedOut.what"), request: undefined };
    case "aborted":
    case "unreadable":
      return { title: t("failure.unreadable"), what: t("failure.unreadable.what"), request: undefined };
  }
}

const requestWords = (id: string): string | undefined => (id === "" ? undefined : t("failure.request", { id }));

/** The server's own sentence on the one value that will not do. */
export function reasonOf(failure: Failure): string {
  const reason = failure.kind === "refused" ? failure.fields["reason"] : undefined;
  return typeof reason === "string" ? reason : "";
}
