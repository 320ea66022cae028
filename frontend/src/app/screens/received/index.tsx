import { Inbox } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../../protocol/index";
import { type Received, loadReceived, rejectReceived } from "../../../protocol/later";
import { Button, Dialog, Empty, Failed, Skeleton, toast } from "../../components/index";
import { t } from "../../i18n/more";
import { Shell } from "../../shell/Shell";
import { tellFailure } from "../../words/failures";
import { Entry, nameOf } from "./Entry";
import { Match } from "./Match";
import "../../components/actables.css";
import "./received.css";

const AGAIN_MS = 2_000;

/** What guests sent in by links: whose it is, or that it is thrown away. */
export default function ReceivedRoom() {
  const [found, setFound] = useState<readonly Received[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [matching, setMatching] = useState<Received | null>(null);
  const [rejecting, setRejecting] = useState<Received | null>(null);
  const load = async (signal?: AbortSignal): Promise<void> => {
    const answer = await loadReceived(signal);
    if (signal?.aborted) return;
    setFailure(answer.ok ? null : answer.failure);
    if (answer.ok) setFound(answer.value);
  };
  const isBusy = found?.some((one) => one.state === "taking_in") ?? false;
  useEffect(() => {
    const leaving = new AbortController();
    void load(leaving.signal);
    return () => leaving.abort();
  }, []);
  useEffect(() => {
    if (!isBusy) return undefined;
    const leaving = new AbortController();
    const again = setInterval(() => void load(leaving.signal), AGAIN_MS);
    return () => {
      clearInterval(again);
      leaving.abort();
    };
  }, [isBusy]);
  const replace = (one: Received): void => setFound((now) => now?.map((each) => (each.number === one.number ? one : each)) ?? null);
  return (
    <Shell title={t("received.title")}>
      <div class="page received">
        <header>
          <h1>{t("received.title")}</h1>
        </header>
        {failure && found === null && <Failed icon={Inbox} failure={failure} onRetry={() => void load()} />}
        {!failure && found === null && <Loading />}
        {found !== null && <List found={found} onMatch={setMatching} onReject={setRejecting} />}
        {matching && <Match received={matching} onClose={() => setMatching(null)} onMatched={replace} />}
        {rejecting && <Reject received={rejecting} onClose={() => setRejecting(null)} onRejected={() => void load()} />}
      </div>
    </Shell>
  );
}

interface ListProps {
  found: readonly Received[];
  onMatch: (one: Received) => void;
  onReject: (one: Received) => void;
}

function List({ found, onMatch, onReject }: ListProps) {
  if (found.length === 0) {
    return (
      <Empty icon={Inbox} title={t("received.empty.title")}>
        <p>{t("received.empty")}</p>
      </Empty>
    );
  }
  return (
    <>
      <p class="lead">{t("received.lead")}</p>
      <ul class="actables">
        {found.map((one) => (
          <Entry key={one.number} received={one} onMatch={() => onMatch(one)} onReject={() => onReject(one)} />
        ))}
      </ul>
    </>
  );
}

function Reject({ received, onClose, onRejected }: { received: Received; onClose: () => void; onRejected: () => void }) {
  const reject = async (): Promise<void> => {
    onClose();
    const answer = await rejectReceived(received.number);
    toast(answer.ok ? { text: t("received.rejected") } : { text: tellFailure(answer.failure).what, tone: "danger" });
    onRejected();
  };
  return (
    <Dialog title={t("received.reject.title")} onClose={onClose}>
      <p>{t("received.reject.what", { name: nameOf(received), count: received.objects })}</p>
      <div class="dialog-buttons">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="danger" onClick={() => void reject()}>
          {t("received.reject")}
        </Button>
      </div>
    </Dialog>
  );
}

function Loading() {
  return (
    <div role="status" aria-label={t("received.loading")} class="actables">
      <Skeleton width="100%" height="136px" />
      <Skeleton width="100%" height="136px" />
    </div>
  );
}
