import { useEffect, useState } from "preact/hooks";
import { type Challenge, type Look, type NewShare, type ShareForm, type Shares, loadSharesOf, looksFirst, makeShare } from "../../../protocol/later";
import { Button, Dialog, Field, Later } from "../../components/index";
import { type Key, t } from "../../i18n/share";
import { person } from "../../state/session";
import { guarded } from "../../state/stepUp";
import { reasonOf, tellFailure } from "../../words/failures";
import { Choices } from "./Choices";
import { Made } from "./Made";
import { Switch } from "./Switch";
import "./share.css";

/** What can be shared from where one is. */
export interface Subject {
  study: string;
  /** The series in hand, where the study has others. */
  series: { uid: string; title: string } | null;
  /** The image in hand, by its UID. */
  image: string | null;
  patientBorn: boolean;
}

const HOURS = [1, 24, 168, 720, 2160] as const;
const WEEK = 168;

type Extent = "study" | "series" | "image";
type Capabilities = Pick<Shares, "canSendMail">;

interface Draft {
  extent: Extent;
  recipient: string;
  hours: number;
  challenge: Challenge;
  email: string;
  download: boolean;
  deidentified: boolean;
  once: boolean;
  notBefore: string;
}

const FRESH: Draft = {
  extent: "study",
  recipient: "",
  hours: WEEK,
  challenge: "pin",
  email: "",
  download: false,
  deidentified: false,
  once: false,
  notBefore: "",
};

/** What, with whom, until when, and how it opens; what has to be looked at first; then the link itself, once. */
export function ShareDialog({ subject, onClose }: { subject: Subject; onClose: () => void }) {
  const [draft, setDraft] = useState(FRESH);
  const making = useMaking(subject, draft);
  const { made, looks } = making;
  return (
    <Dialog title={t(made ? "share.made" : looks ? "share.look" : "share.title")} onClose={onClose}>
      {made ? (
        <Made share={made} onDone={onClose} />
      ) : looks ? (
        <Later load={looking} props={{ study: subject.study, looks, making, onBack: making.back }} />
      ) : (
        <Form subject={subject} draft={draft} change={(part) => setDraft((before) => ({ ...before, ...part }))} making={making} />
      )}
    </Dialog>
  );
}

const looking = () => import("./LookFirst").then((room) => room.LookFirst);

/** What was looked at, and what is to be black. */
export type Looked = Pick<ShareForm, "seen" | "edits">;
const NOT_LOOKED: Looked = { seen: [], edits: [] };

export interface Making {
  made: NewShare | null;
  looks: readonly Look[] | null;
  problem: string;
  busy: boolean;
  make: (looked?: Looked) => Promise<void>;
  back: () => void;
}

function useMaking(subject: Subject, draft: Draft): Making {
  const [made, setMade] = useState<NewShare | null>(null);
  const [looks, setLooks] = useState<readonly Look[] | null>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const make = async (looked = NOT_LOOKED): Promise<void> => {
    const lacks = draft.challenge === "email" && draft.email.trim() === "";
    setProblem(lacks ? t("share.needEmail") : "");
    if (lacks) return;
    setBusy(true);
    const answer = await guarded(() => makeShare({ ...formOf(draft, subject), ...looked }));
    setBusy(false);
    if (answer.ok) setMade(answer.value);
    else if (answer.failure.kind === "aborted") return; // they called it off: all that was chosen stays
    else if (looksFirst(answer.failure)) setLooks(looksFirst(answer.failure));
    else setProblem(reasonOf(answer.failure) || tellFailure(answer.failure).what);
  };
  return { made, looks, problem, busy, make, back: () => setLooks(null) };
}

function Form({ subject, draft, change, making }: Part & { making: Making }) {
  const can = useCapabilities(subject.study);
  return (
    <form
      class="share"
      onSubmit={(event) => {
        event.preventDefault();
        void making.make();
      }}
    >
      {person.value?.role === "patient" && <p class="lead">{t("share.patientLead")}</p>}
      <What subject={subject} draft={draft} change={change} />
      <Field label={t("share.for")} hint={t("share.for.hint")} maxLength={128} autocomplete="off" value={draft.recipient} onText={(recipient) => change({ recipient })} />
      <Choices legend={t("share.until")} options={HOURS.map((hours) => [hours, t(`share.hours.${hours}`)])} value={draft.hours} onChoose={(hours) => change({ hours })} />
      <How subject={subject} can={can} draft={draft} change={change} />
      <Switch label={t("share.download")} what={t(draft.deidentified ? "share.download.copies" : "share.download.what")} on={draft.download} onSwitch={(download) => change({ download })} />
      <Switch
        label={t("share.deidentified")}
        what={t("share.deidentified.what")}
        on={draft.deidentified}
        onSwitch={(deidentified) => change(deidentified && draft.challenge === "birth_date" ? { deidentified, challenge: "pin" } : { deidentified })}
      />
      <details class="share-more">
        <summary>{t("share.more")}</summary>
        <Switch label={t("share.once")} what={t("share.once.what")} on={draft.once} onSwitch={(once) => change({ once })} />
        <Field label={t("share.later")} type="datetime-local" value={draft.notBefore} onText={(notBefore) => change({ notBefore })} />
      </details>
      <p class="share-problem" role="alert">
        {making.problem}
      </p>
      <Button type="submit" look="primary" wide busy={making.busy}>
        {t("share.make")}
      </Button>
    </form>
  );
}

function useCapabilities(study: string): Capabilities {
  const [can, setCan] = useState<Capabilities>({ canSendMail: false });
  useEffect(() => {
    void loadSharesOf(study).then((answer) => {
      if (answer.ok) setCan(answer.value);
    });
  }, [study]);
  return can;
}

function formOf(draft: Draft, subject: Subject): Omit<ShareForm, keyof Looked> {
  return {
    study: subject.study,
    series: draft.extent === "series" && subject.series !== null ? [subject.series.uid] : [],
    instances: draft.extent === "image" && subject.image !== null ? [subject.image] : [],
    hours: draft.hours,
    notBefore: draft.notBefore === "" ? null : new Date(draft.notBefore),
    mostOpenings: draft.once ? 1 : null,
    challenge: draft.challenge,
    email: draft.email.trim(),
    recipient: draft.recipient.trim(),
    download: draft.download,
    deidentified: draft.deidentified,
  };
}

interface Part {
  subject: Subject;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

function What({ subject, draft, change }: Part) {
  const options: (readonly [Extent, string])[] = [["study", t("share.what.study")]];
  if (subject.series !== null) options.push(["series", t("share.what.series")]);
  if (subject.image !== null) options.push(["image", t("share.what.image")]);
  if (options.length === 1) return null;
  return (
    <>
      <Choices legend={t("share.what")} options={options} value={draft.extent} onChoose={(extent) => change({ extent })} />
      {draft.extent === "series" && subject.series !== null && <p class="lead">{subject.series.title}</p>}
    </>
  );
}

function How({ subject, can, draft, change }: Part & { can: Capabilities }) {
  const ways: Challenge[] = ["pin"];
  if (subject.patientBorn && !draft.deidentified) ways.push("birth_date");
  if (can.canSendMail) ways.push("email");
  return (
    <>
      <Choices legend={t("share.how")} options={ways.map((way) => [way, t(`share.how.${way}`)])} value={draft.challenge} onChoose={(challenge) => change({ challenge })} />
      <p class="lead share-hint">{t(`share.how.${draft.challenge}.hint` satisfies Key)}</p>
      {draft.challenge === "email" && <Field label={t("share.email")} type="email" autocomplete="off" value={draft.email} onText={(email) => change({ email })} />}
    </>
  );
}
