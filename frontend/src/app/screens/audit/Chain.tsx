import { ShieldAlert, ShieldCheck } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { type Answer, type AuditCheck, type AuditVerdict, beginAuditCheck, loadAuditCheck, wait } from "../../../protocol/index";
import { Button, Progress, toast } from "../../components/index";
import { type Key, t } from "../../i18n/audit";
import { tellFailure } from "../../words/failures";
import { momentInFull } from "../../words/moments";

const ASK_EVERY_MS = 700;
const MOST_TOLD = 20;

/** Whether the trail is as it was written: what the last check found, and a new one. */
export function Chain() {
  const [check, setCheck] = useState<AuditCheck | null>(null);
  const learn = (answer: Answer<AuditCheck>): void => {
    if (answer.ok) setCheck(answer.value);
    else if (answer.failure.kind !== "aborted") toast({ text: tellFailure(answer.failure).title, tone: "danger" });
  };
  useEffect(() => void loadAuditCheck().then(learn), []);
  const underWay = check?.underWay ?? null;
  useEffect(() => {
    if (underWay === null) return undefined;
    const stop = new AbortController();
    void wait(ASK_EVERY_MS, stop.signal).then(async (isTime) => {
      if (isTime) learn(await loadAuditCheck());
    });
    return () => stop.abort();
  }, [check]);
  if (check === null) return null;
  const isFine = check.last === null || (check.last.isWhole && check.last.isGuarded);
  const Icon = isFine ? ShieldCheck : ShieldAlert;
  return (
    <section class={isFine ? "audit-chain" : "audit-chain audit-chain-broken"} aria-label={t("chain.title")}>
      <Icon size={24} aria-hidden="true" />
      <div class="audit-chain-told" role="status">
        {underWay ? <UnderWay {...underWay} /> : <Verdict last={check.last} />}
      </div>
      <Button disabled={underWay !== null} onClick={() => void beginAuditCheck().then(learn)}>
        {t("chain.check")}
      </Button>
    </section>
  );
}

function UnderWay({ checked, events }: { checked: number; events: number }) {
  const told = t("chain.checking", { checked, events });
  return (
    <>
      <p>{told}</p>
      <Progress label={told} done={events === 0 ? null : checked / events} />
    </>
  );
}

function Verdict({ last }: { last: AuditVerdict | null }) {
  if (last === null) return <p>{t("chain.never")}</p>;
  const when = momentInFull(last.checkedAt);
  return (
    <>
      <p>
        <strong>{t(last.isWhole ? "chain.whole" : "chain.broken", { when, events: last.events })}</strong>
      </p>
      {!last.isGuarded && <p>{t("chain.unguarded")}</p>}
      {last.isCut && <p>{t("chain.cut")}</p>}
      {last.breaks.slice(0, MOST_TOLD).map(({ event, what }) => (
        <p key={`${event} ${what}`}>{t(`chain.${what}` as Key, { event: String(event) })}</p>
      ))}
      {last.isWhole && (
        <details>
          <summary>{t("chain.lastHash")}</summary>
          <code>{last.lastHash}</code>
          <p class="lead">{t("chain.lastHashWhat")}</p>
        </details>
      )}
    </>
  );
}
