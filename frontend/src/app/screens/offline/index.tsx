import { CloudOff, SearchX, Unplug } from "lucide-preact";
import { useEffect } from "preact/hooks";
import type { Failure } from "../../../protocol/index";
import { Button, Empty, Missing } from "../../components/index";
import { t } from "../../i18n/index";
import { navigate } from "../../router";
import { learnSession } from "../../state/session";
import { tellFailure } from "../../words/failures";

const ASK_EVERY_MS = 5_000;

/** The app opened from what is kept of it, and the server could not be asked who we are. */
export function Offline({ failure }: { failure: Failure }) {
  const isOffline = failure.kind === "offline";
  const { title, what, request } = tellFailure(failure);
  useEffect(() => {
    document.title = t("app.titled", { title });
    const again = (): void => void learnSession();
    addEventListener("online", again);
    // A device can think it is online and not reach the server: ask now and then, too.
    const timer = setInterval(again, ASK_EVERY_MS);
    return () => {
      removeEventListener("online", again);
      clearInterval(timer);
    };
  }, [title]);
  return (
    <main>
      <Missing icon={isOffline ? CloudOff : Unplug} title={title} what={isOffline ? t("offline.works") : what} request={request} onRetry={() => void learnSession()} />
    </main>
  );
}

export function NotFound() {
  return (
    <Empty icon={SearchX} title={t("notFound.title")}>
      <p>{t("notFound.what")}</p>
      <Button look="primary" onClick={() => navigate("/", { replace: true })}>
        {t("notFound.home")}
      </Button>
    </Empty>
  );
}
