import { Bell, Share2 } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { type Notice, type Share, revokeShares } from "../../../protocol/later";
import { Badge, Button, Dialog, Empty, Failed, Skeleton, toast } from "../../components/index";
import { t } from "../../i18n/share";
import { Shell } from "../../shell/Shell";
import { person } from "../../state/session";
import { tellFailure } from "../../words/failures";
import { momentInWords } from "../../words/moments";
import { ShareCard } from "./ShareCard";
import { failure, notices, refreshShares, shares } from "./state";
import "../share/share.css";
import "./shares.css";

/** Who comes back to this page wants to know what happened meanwhile. */
const AGAIN_MS = 20_000;
const MOST_NEWS = 5;
const isGood = ({ state }: Share): boolean => state === "open" || state === "preparing" || state === "waiting" || state === "locked";

/** The links that the person made: which are good, when they were used, and how to take them back. */
export default function Shares() {
  useEffect(() => {
    const leaving = new AbortController();
    const ask = (): void => {
      if (!document.hidden) void refreshShares(leaving.signal);
    };
    ask();
    document.addEventListener("visibilitychange", ask, { signal: leaving.signal });
    const again = setInterval(ask, AGAIN_MS);
    return () => {
      clearInterval(again);
      leaving.abort();
    };
  }, []);
  return (
    <Shell title={t("shares.title")}>
      <div class="page shares">
        <header>
          <h1>{t("shares.title")}</h1>
          <RevokeAll />
        </header>
        <News />
        <Lists />
      </div>
    </Shell>
  );
}

function News() {
  const told = notices.value.slice(0, MOST_NEWS);
  if (told.length === 0) return null;
  return (
    <section class="shares-news" aria-label={t("shares.notices")}>
      <h2>{t("shares.notices")}</h2>
      <ul>
        {told.map((notice) => (
          <li key={notice.number}>
            <Bell size={18} aria-hidden="true" />
            <span>
              {wordsOf(notice)}
              <span class="lead"> {momentInWords(notice.at)}</span>
            </span>
            {!notice.seen && <Badge tone="exact">{t("shares.new")}</Badge>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function wordsOf({ what, recipient, saidBy, sender, until }: Notice): string {
  if (what === "glass") return t("shares.notice.glass", { sender, until: momentInWords(until) });
  if (what === "shared") return t("shares.notice.shared", { sender, until: momentInWords(until) });
  if (what === "opened" && saidBy !== "") return t("shares.notice.openedBy", { who: saidBy });
  if (what === "opened" && recipient !== "") return t("shares.notice.openedFor", { recipient });
  return t(`shares.notice.${what}`);
}

function Lists() {
  const all = shares.value;
  if (all === null) return failure.value ? <Failed icon={Share2} failure={failure.value} onRetry={() => void refreshShares()} /> : <Loading />;
  if (all.length === 0) {
    return (
      <Empty icon={Share2} title={t("shares.empty")}>
        <p>{t(person.value?.role === "patient" ? "shares.empty.patient" : "shares.empty.what")}</p>
      </Empty>
    );
  }
  const [good, ended] = [all.filter(isGood), all.filter((share) => !isGood(share))];
  return (
    <>
      <p class="lead">{t("shares.lead")}</p>
      <List title={t("shares.active")} of={good} />
      <List title={t("shares.ended")} of={ended} />
    </>
  );
}

function List({ title, of }: { title: string; of: readonly Share[] }) {
  if (of.length === 0) return null;
  return (
    <section>
      <h2 class="shares-heading">{title}</h2>
      <ul class="shares-list">
        {of.map((share) => (
          <ShareCard key={share.id} share={share} isGood={isGood(share)} />
        ))}
      </ul>
    </section>
  );
}

function RevokeAll() {
  const [asking, setAsking] = useState(false);
  const count = shares.value?.filter(isGood).length ?? 0;
  if (count < 2) return null;
  const revoke = async (): Promise<void> => {
    setAsking(false);
    const answer = await revokeShares();
    if (answer.ok) toast({ text: t("shares.revokedAll", { count: answer.value }) });
    else toast({ text: tellFailure(answer.failure).what, tone: "danger" });
    await refreshShares();
  };
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>
        {t("shares.revokeAll")}
      </Button>
      {asking && (
        <Dialog title={t("shares.revokeAll.title")} onClose={() => setAsking(false)}>
          <p>{t("shares.revokeAll.what", { count })}</p>
          <div class="dialog-buttons">
            <Button onClick={() => setAsking(false)}>{t("shares.cancel")}</Button>
            <Button look="danger" onClick={() => void revoke()}>
              {t("shares.revokeAll")}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Loading() {
  return (
    <div role="status" aria-label={t("shares.loading")} class="shares-list">
      <Skeleton width="100%" height="136px" />
      <Skeleton width="100%" height="136px" />
    </div>
  );
}
