import { LockOpen, SearchX } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Failure } from "../../../protocol/index";
import { type AskedBy, type LockedStudy, breakGlass, findLocked } from "../../../protocol/later";
import { Button, Dialog, Empty, Field, toast } from "../../components/index";
import { type Key, t } from "../../i18n/policy";
import { navigate } from "../../router";
import { Shell } from "../../shell/Shell";
import { learnSession, person } from "../../state/session";
import { guarded } from "../../state/stepUp";
import { fullDate } from "../../words/dates";
import { tellFailure } from "../../words/failures";
import { minutesLeft } from "./timeLeft";
import "../../components/actables.css";
import "../../components/intro.css";
import "./glass.css";

const WAYS: readonly AskedBy[] = ["patient_id", "accession_number"];

/** A locked study, found by its exact number, and opened for an hour by whoever says why. */
export default function BreakGlass() {
  const [found, setFound] = useState<readonly LockedStudy[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [opening, setOpening] = useState<LockedStudy | null>(null);
  const search = async (by: AskedBy, number: string): Promise<void> => {
    const answer = await findLocked(by, number);
    setFailure(answer.ok ? null : answer.failure);
    setFound(answer.ok ? answer.value : null);
  };
  return (
    <Shell title={t("glass.title")}>
      <div class="page glass">
        <header class="intro">
          <h1>{t("glass.title")}</h1>
          <p class="lead">{t("glass.lead")}</p>
        </header>
        <OpenNow />
        <SearchForm onSearch={search} />
        {failure && <p role="alert">{tellFailure(failure).what}</p>}
        {found?.length === 0 && (
          <Empty icon={SearchX} title={t("glass.none.title")}>
            <p>{t("glass.none")}</p>
          </Empty>
        )}
        <ul class="actables">
          {found?.map((study) => (
            <Locked key={study.study} study={study} onOpen={() => setOpening(study)} />
          ))}
        </ul>
        {opening && <Asked study={opening} onClose={() => setOpening(null)} />}
      </div>
    </Shell>
  );
}

/** What they opened and can go on with. */
function OpenNow() {
  const opened = person.value?.opened ?? [];
  if (opened.length === 0) return null;
  return (
    <section aria-label={t("glass.now")}>
      <h2>{t("glass.now")}</h2>
      <ul class="actables">
        {opened.map(({ study, until }) => {
          const left = t("glass.left", { count: minutesLeft(until, Date.now()) });
          return (
            <li key={study} class="actable">
              <div class="actable-words">
                <h3>{t("glass.standing")}</h3>
                <p class="lead">{left}</p>
              </div>
              <a class="button button-plain" href={`/study/${study}`} aria-label={t("glass.againNamed", { left })}>
                <span>{t("glass.again")}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function SearchForm({ onSearch }: { onSearch: (by: AskedBy, number: string) => Promise<void> }) {
  const [by, setBy] = useState<AskedBy>("patient_id");
  const [number, setNumber] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (number.trim() === "") return;
    setBusy(true);
    await onSearch(by, number.trim());
    setBusy(false);
  };
  return (
    <form class="glass-form" onSubmit={(event) => void submit(event)}>
      <fieldset class="glass-by">
        <legend>{t("glass.by")}</legend>
        {WAYS.map((way) => (
          <label key={way}>
            <input type="radio" name="by" checked={by === way} onChange={() => setBy(way)} />
            <span>{t(`glass.by.${way}`)}</span>
          </label>
        ))}
      </fieldset>
      <Field label={t(`glass.by.${by}`)} hint={t("glass.exactly")} value={number} onText={setNumber} autocomplete="off" autocapitalize="none" spellcheck={false} maxLength={64} />
      <Button type="submit" look="primary" busy={busy}>
        {t("glass.search")}
      </Button>
    </form>
  );
}

function Locked({ study, onOpen }: { study: LockedStudy; onOpen: () => void }) {
  return (
    <li class="actable">
      <div class="actable-words">
        <h2>{[study.modalities.join(", "), study.date === null ? t("glass.noDate") : fullDate(study.date)].filter(Boolean).join(" · ")}</h2>
        <p>{study.institution}</p>
        <p class="lead">{personInWords(study)}</p>
      </div>
      <Button icon={LockOpen} onClick={onOpen}>
        {t("glass.open")}
      </Button>
    </li>
  );
}

const SEXES: Readonly<Record<string, Key>> = { F: "glass.sex.F", M: "glass.sex.M", O: "glass.sex.O" };

function personInWords({ sex, birthYear }: LockedStudy): string {
  const words = SEXES[sex];
  return [birthYear !== null && t("glass.born", { year: String(birthYear) }), words && t(words)].filter(Boolean).join(" · ");
}

const SHORTEST = 10;

function Asked({ study, onClose }: { study: LockedStudy; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState("");
  const open = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (reason.trim().length < SHORTEST) {
      setWrong(t("glass.reasonShort"));
      return;
    }
    onClose(); // who is acting may be asked now, and that is a dialog too
    const answer = await guarded(() => breakGlass(study.study, reason.trim()));
    if (answer.ok) {
      await learnSession(); // which tells what is open, and for how long: it stands over the study
      navigate(`/study/${study.study}`);
    } else if (answer.failure.kind !== "aborted") {
      toast({ text: tellFailure(answer.failure).what, tone: "danger" });
    }
  };
  return (
    <Dialog title={t("glass.ask.title")} onClose={onClose}>
      <form class="glass-form" onSubmit={(event) => void open(event)}>
        <p>{t("glass.ask")}</p>
        <Field label={t("glass.reason")} hint={t("glass.reasonHint")} error={wrong || undefined} value={reason} onText={setReason} autocomplete="off" maxLength={500} />
        <div class="dialog-buttons">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="danger">
            {t("glass.go")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
