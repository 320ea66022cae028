import { ShieldAlert } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../../protocol/index";
import { type Finding, type GlassBreak, type GlassBreaks, loadGlassBreaks, reviewGlassBreak } from "../../../protocol/later";
import { Badge, Button, Dialog, Empty, Failed, Field, Skeleton, toast } from "../../components/index";
import { t } from "../../i18n/policy";
import { Shell } from "../../shell/Shell";
import { fullDate } from "../../words/dates";
import { tellFailure } from "../../words/failures";
import { clockOf, momentInWords } from "../../words/moments";
import { fullName } from "../../words/names";
import "../../components/actables.css";
import "../../components/intro.css";
import "./glass.css";

/** What was opened in emergencies: to be looked at first, then what was looked at. */
export default function Review() {
  const [known, setKnown] = useState<GlassBreaks | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = async (offset: string | null): Promise<void> => {
    const answer = await loadGlassBreaks(offset);
    setFailure(answer.ok ? null : answer.failure);
    if (answer.ok) setKnown((before) => ({ ...answer.value, entries: [...(offset === null ? [] : (before?.entries ?? [])), ...answer.value.entries] }));
  };
  useEffect(() => void load(null), []);
  const change = (entry: GlassBreak): void =>
    setKnown((now) => now && { ...now, toReview: now.toReview - 1, entries: now.entries.map((each) => (each.number === entry.number ? entry : each)) });
  return (
    <Shell title={t("review.title")}>
      <div class="page glass">
        <header class="intro">
          <h1>{t("review.title")}</h1>
          <p class="lead">{t("review.lead")}</p>
        </header>
        {failure && <Failed icon={ShieldAlert} failure={failure} onRetry={() => void load(null)} />}
        {!failure && (known === null ? <Loading /> : <Entries known={known} change={change} onMore={(next) => void load(next)} />)}
      </div>
    </Shell>
  );
}

function Entries({ known, change, onMore }: { known: GlassBreaks; change: (entry: GlassBreak) => void; onMore: (next: string) => void }) {
  const [judging, setJudging] = useState<GlassBreak | null>(null);
  const { entries, next, toReview } = known;
  if (entries.length === 0) {
    return (
      <Empty icon={ShieldAlert} title={t("review.empty.title")}>
        <p>{t("review.empty")}</p>
      </Empty>
    );
  }
  return (
    <>
      <p role="status">{t("review.waiting", { count: toReview })}</p>
      <ul class="actables">
        {entries.map((entry) => (
          <Entry key={entry.number} entry={entry} onJudge={() => setJudging(entry)} />
        ))}
      </ul>
      {next !== null && <Button onClick={() => onMore(next)}>{t("review.more")}</Button>}
      {judging && <Judging entry={judging} onClose={() => setJudging(null)} onJudged={change} />}
    </>
  );
}

function Entry({ entry, onJudge }: { entry: GlassBreak; onJudge: () => void }) {
  return (
    <li class="actable">
      <div class="actable-words">
        <h2>
          <bdi>{entry.person}</bdi> <Verdict finding={entry.finding} />
        </h2>
        <p class="glass-reason">{entry.reason}</p>
        <p>{whatOf(entry)}</p>
        <p class="lead">{t("review.when", { began: moment(entry.beganAt), ends: clockOf(entry.endsAt) })}</p>
        {entry.reviewedAt !== null && (
          <p class="lead">
            {t("review.by", { who: entry.reviewedBy ?? "", when: moment(entry.reviewedAt) })}
            {entry.note !== "" && `: ${entry.note}`}
          </p>
        )}
      </div>
      {entry.finding === null && (
        <Button aria-label={t("review.actNamed", { who: entry.person })} onClick={onJudge}>
          {t("review.act")}
        </Button>
      )}
    </li>
  );
}

const moment = (at: string): string => momentInWords(new Date(at));

function whatOf({ patient, description, date, institution }: GlassBreak): string {
  if (patient === null) return t("review.gone");
  const name = `${fullName(patient.name) || t("review.noName")} (${patient.id})`;
  return [name, description, date !== null && fullDate(date), t("review.of", { institution })].filter(Boolean).join(" · ");
}

function Verdict({ finding }: { finding: Finding | null }) {
  if (finding === null) return <Badge tone="warning">{t("review.open")}</Badge>;
  return <Badge tone={finding === "justified" ? "exact" : "danger"}>{t(`review.${finding}`)}</Badge>;
}

function Judging({ entry, onClose, onJudged }: { entry: GlassBreak; onClose: () => void; onJudged: (entry: GlassBreak) => void }) {
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const judge = async (finding: Finding): Promise<void> => {
    setBusy(true);
    const answer = await reviewGlassBreak(entry.number, finding, note.trim());
    setBusy(false);
    onClose();
    if (answer.ok) onJudged(answer.value);
    toast(answer.ok ? { text: t("review.saved") } : { text: tellFailure(answer.failure).what, tone: "danger" });
  };
  return (
    <Dialog title={t("review.ask.title")} onClose={onClose}>
      <p>
        <bdi>{entry.person}</bdi>: {entry.reason}
      </p>
      <p class="lead">{whatOf(entry)}</p>
      <Field label={t("review.note")} value={note} onText={setNote} autocomplete="off" maxLength={500} />
      <div class="dialog-buttons">
        <Button look="danger" busy={busy} onClick={() => void judge("not_justified")}>
          {t("review.not_justified")}
        </Button>
        <Button busy={busy} onClick={() => void judge("justified")}>
          {t("review.justified")}
        </Button>
      </div>
    </Dialog>
  );
}

function Loading() {
  return (
    <div role="status" aria-label={t("review.loading")} class="actables">
      <Skeleton width="100%" height="120px" />
      <Skeleton width="100%" height="120px" />
    </div>
  );
}
