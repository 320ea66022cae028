import { useEffect, useState } from "preact/hooks";
import { type StudyRow, loadStudies } from "../../../protocol/index";
import { type Received, matchReceived } from "../../../protocol/later";
import { Button, Dialog, Field, Progress, toast } from "../../components/index";
import { t } from "../../i18n/more";
import { fullDate } from "../../words/dates";
import { reasonOf, tellFailure } from "../../words/failures";
import { fullName } from "../../words/names";
import { nameOf, whoOf } from "./Entry";

const MOST_FOUND = 50;
const MOST_SHOWN = 8;
const SETTLED_MS = 250;

interface Props {
  received: Received;
  onClose: () => void;
  onMatched: (received: Received) => void;
}

/** Find the patient here whom its files mean, or let them stand for themselves. */
export function Match({ received, onClose, onMatched }: Props) {
  const [words, setWords] = useState(familyOf(received));
  const [chosen, setChosen] = useState<StudyRow | null>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const { people, isAsking } = usePeople(words);
  const match = async (study: string | null): Promise<void> => {
    setBusy(true);
    const answer = await matchReceived(received.number, study);
    setBusy(false);
    if (!answer.ok) {
      setProblem(reasonOf(answer.failure) || tellFailure(answer.failure).what);
      return;
    }
    toast({ text: t("received.takingIn") });
    onMatched(answer.value);
    onClose();
  };
  const title = chosen === null ? t("received.match") : t("received.confirm.title", { name: fullName(chosen.patient.name) });
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="received-said">
        <p class="lead">{t("received.said")}</p>
        <p>
          <strong>
            <bdi>{nameOf(received)}</bdi>
          </strong>
        </p>
        <p>{whoOf(received)}</p>
      </div>
      <p class="received-problem" role="alert">
        {problem}
      </p>
      {chosen === null ? (
        <>
          <Field label={t("received.search")} hint={t("received.search.hint")} type="search" autocomplete="off" value={words} onText={setWords} />
          {isAsking && <Progress label={t("received.searching")} done={null} />}
          <People people={people} isAsking={isAsking} words={words} onChoose={setChosen} />
          <div class="received-else">
            <Button wide busy={busy} onClick={() => void match(null)}>
              {t("received.asItIs")}
            </Button>
            <p class="lead">{t("received.asItIs.what")}</p>
          </div>
        </>
      ) : (
        <>
          <Person row={chosen} />
          {differs(received, chosen) && <p class="received-warning">{t("received.differs")}</p>}
          <div class="dialog-buttons">
            <Button onClick={() => setChosen(null)}>{t("common.cancel")}</Button>
            <Button look="primary" busy={busy} onClick={() => void match(chosen.uid)}>
              {t("received.confirm")}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}

const familyOf = ({ patient }: Received): string => patient.name.alphabetic.split("^")[0] ?? "";

/** A patient once, by their newest study. */
function onePerPatient(rows: readonly StudyRow[]): StudyRow[] {
  const found = new Map<string, StudyRow>();
  for (const row of rows) {
    const { name, id, birthDate } = row.patient;
    const key = [id, name.alphabetic, birthDate].join("\n");
    if (!found.has(key)) found.set(key, row);
  }
  return [...found.values()].slice(0, MOST_SHOWN);
}

function usePeople(words: string): { people: StudyRow[]; isAsking: boolean } {
  const [people, setPeople] = useState<StudyRow[]>([]);
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    if (words.trim() === "") {
      setPeople([]);
      return undefined;
    }
    const asking = new AbortController();
    setAsking(true);
    const timer = setTimeout(() => {
      void loadStudies({ search: words, limit: MOST_FOUND }, asking.signal).then((answer) => {
        if (asking.signal.aborted) return;
        setAsking(false);
        if (answer.ok) setPeople(onePerPatient(answer.value.studies));
      });
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
      setAsking(false);
    };
  }, [words]);
  return { people, isAsking };
}

function People({ people, isAsking, words, onChoose }: { people: readonly StudyRow[]; isAsking: boolean; words: string; onChoose: (row: StudyRow) => void }) {
  if (people.length === 0) return !isAsking && words.trim() !== "" ? <p class="lead">{t("received.none")}</p> : null;
  return (
    <ul class="received-people">
      {people.map((row) => (
        <li key={row.uid}>
          <button type="button" aria-label={t("received.matchTo", { name: fullName(row.patient.name) })} onClick={() => onChoose(row)}>
            <Person row={row} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Person({ row: { patient } }: { row: StudyRow }) {
  const facts = [patient.birthDate === null ? "" : t("received.born", { date: fullDate(patient.birthDate) }), patient.sex, patient.id];
  return (
    <span class="received-person">
      <strong>
        <bdi>{fullName(patient.name) || t("received.noName")}</bdi>
      </strong>
      <span>{facts.filter(Boolean).join(" · ")}</span>
    </span>
  );
}

function differs({ patient }: Received, { patient: known }: StudyRow): boolean {
  const plain = (name: string): string => name.toLocaleLowerCase().replaceAll("^", " ").trim();
  return plain(patient.name.alphabetic) !== plain(known.name.alphabetic) || patient.birthDate !== known.birthDate;
}
