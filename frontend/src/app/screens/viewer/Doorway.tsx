import { ArrowLeft, FileImage, ImageOff, LogIn, WifiOff, X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Digest, Failure } from "../../../protocol/index";
import { Button, Empty, IconButton, toast } from "../../components/index";
import { t } from "../../i18n/viewer";
import { goBack, navigate } from "../../router";
import { guest, leaveLink } from "../../state/session";
import { openDocuments } from "./documents";
import { cannotShowText } from "./words";

/** The room with the lights out: shown from the first moment, so that nothing flashes white. */
function Dark({ children }: { children?: ComponentChildren }) {
  return (
    <main class="viewer viewer-alone">
      <header class="alone-head">
        <BackButton />
      </header>
      {children}
    </main>
  );
}

export function BackButton() {
  const [isLeaving, setLeaving] = useState(false);
  if (guest.value !== null) {
    const close = async (): Promise<void> => {
      setLeaving(true);
      if (!(await leaveLink())) toast({ text: t("open.offline"), tone: "danger" });
      setLeaving(false);
    };
    return <IconButton icon={X} label={t("viewer.leave")} disabled={isLeaving} onClick={() => void close()} />;
  }
  return <IconButton icon={ArrowLeft} label={t("viewer.back")} onClick={() => goBack("/")} />;
}

export function Waiting() {
  return (
    <Dark>
      <p class="waiting" role="status">
        {t("viewer.opening")}
      </p>
    </Dark>
  );
}

export function CannotOpen({ failure, onRetry }: { failure: Failure; onRetry: () => void }) {
  if (failure.kind === "signed_out") {
    return (
      <Dark>
        <Empty icon={LogIn} title={t("trouble.signedOut")}>
          <Button look="primary" onClick={signIn}>
            {t("trouble.signIn")}
          </Button>
        </Empty>
      </Dark>
    );
  }
  const { title, text, canRetry } = wordsOf(failure);
  return (
    <Dark>
      <Empty
        icon={failure.kind === "offline" ? WifiOff : ImageOff}
        title={title}
        request={"requestId" in failure && failure.requestId ? t("trouble.request", { id: failure.requestId }) : undefined}
      >
        <p>{text}</p>
        {canRetry && (
          <Button look="primary" onClick={onRetry}>
            {t("trouble.retry")}
          </Button>
        )}
      </Empty>
    </Dark>
  );
}

/** To sign in, and back to where the person was. */
export function signIn(): void {
  navigate(`/signin?then=${encodeURIComponent(location.pathname)}`);
}

function wordsOf(failure: Exclude<Failure, { kind: "signed_out" }>): { title: string; text: string; canRetry: boolean } {
  switch (failure.kind) {
    case "offline":
    case "aborted":
      return { title: t("open.offline"), text: t("open.offlineText"), canRetry: true };
    case "busy":
      return { title: t("open.busy"), text: t("open.busyText"), canRetry: true };
    case "refused":
      return failure.status === 404
        ? { title: t("open.unknown"), text: t("open.unknownText"), canRetry: false }
        : { title: t("open.failed"), text: failure.message || t("open.failedText"), canRetry: false };
    case "server":
    case "unreadable":
      return { title: t("open.failed"), text: t("open.failedText"), canRetry: true };
  }
}

/** A study that is kept but holds nothing to look at. */
export function NoImages({ digest }: { digest: Digest }) {
  const { series } = digest;
  return (
    <Dark>
      <Empty icon={FileImage} title={t("open.noImages")}>
        <p>{series.length === 0 ? t("open.noImagesYet") : series.some(({ documents }) => documents.length > 0) ? t("open.documentsText") : t("open.noImagesText")}</p>
        <ul class="kept">
          {series.map((one) => (
            <li key={one.uid}>
              <strong>{[one.modality, one.description].filter(Boolean).join(" · ")}</strong>
              {one.documents.length > 0 ? (
                <Button look="primary" onClick={() => (openDocuments.value = { study: digest.study.uid, series: one })}>
                  {t("documents.read")}
                </Button>
              ) : (
                <span>{cannotShowText(one.cannotShow)}</span>
              )}
            </li>
          ))}
        </ul>
      </Empty>
    </Dark>
  );
}
