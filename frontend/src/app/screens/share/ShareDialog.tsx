import { useEffect, useState } from "preact/hooks";
import { type Challenge, type NewShare, type ShareForm, type Shares, loadSharesOf, makeShare } from "../../../protocol/later";
import { Button, Dialog, Field } from "../../components/index";
import { type Key, t } from "../../i18n/share";
import { person } from "../../state/session";
import { guarded } from "../../state/stepUp";
import { reasonOf, tellFailure } from "../../words/failures";
import { type Choosable, ChooseImages } from "./ChooseImages";
import type { Chosen } from "./chosen";
import { Choices } from "./Choices";
import { Made } from "./Made";
import { ANY_NUMBER, MOST_OPENINGS, type Openings, mostOpenings } from "./openings";
import { OpeningsChoice } from "./OpeningsChoice";
import { Switch } from "./Switch";
import "./share.css";

/** What can be shared from where one is. */
export interface Subject {
  study: string;
  /** The series in hand, where the study has others. */
  series: { uid: string; title: string } | null;
  /** The image in hand, by its UID. */
  image: string | null;
  /** Where what the study holds is known. */
  images?: Choosable;
  patientBorn: boolean;
}

const HOURS = [1, 24, 168, 720, 2160] as const;
const WEEK = 168;

type Extent = "study" | "series" | "image" | "chosen";
type Capabilities = Pick<Shares, "canSendMail" | "canDeidentify">;

interface Draft {
  extent: Extent;
  /** Null before any were. */
  chosen: Chosen | null;
  recipient: string;
  hours: number;
  challenge: Challenge;
  email: string;
  download: boolean;
  deidentified: boolean;
  openings: Openings;
  notBefore: string;
}

const FRESH: Draft = {
  extent: "study",
  chosen: null,
  recipient: "",
  hours: WEEK,
  challenge: "pin",
  email: "",
  download: false,
  deidentified: false,
  openings: ANY_NUMBER,
  notBefore: "",
};

/** What, with whom, until when, and how it opens; then the link itself, once. */
export function ShareDialog({ subject, onClose }: { subject: Subject; onClose: () => void }) {
  const [made, setMade] = useState<NewShare | null>(null);
  const [draft, setDraft] = useState(FRESH);
  const [choosing, setChoosing] = useState(false);
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const back = (): void => setChoosing(false);
  if (choosing && subject.images) {
    return (
      <Dialog key="choosing" title={t("choose.title")} onClose={back}>
        <ChooseImages study={subject.study} from={subject.images} chosen={draft.chosen} onChange={(chosen) => change({ chosen })} onDone={back} />
      </Dialog>
    );
  }
  return (
    <Dialog key="form" title={t(made ? "share.made" : "share.title")} onClose={onClose}>
      {made ? <Made share={made} onDone={onClose} /> : <Form subject={subject} draft={draft} change={change} onChoose={() => setChoosing(true)} onMade={setMade} />}
    </Dialog>
  );
}

interface FormProps extends Part {
  onChoose: () => void;
  onMade: (share: NewShare) => void;
}

function Form({ subject, draft, change, onChoose, onMade }: FormProps) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const can = useCapabilities(subject.study);
  const submit = async (): Promise<void> => {
    const lacking = whatLacks(draft);
    setProblem(lacking);
    if (lacking !== "") return;
    setBusy(true);
    const answer = await guarded(() => makeShare(formOf(draft, subject)));
    setBusy(false);
    if (answer.ok) onMade(answer.value);
    else if (answer.failure.kind === "aborted") return; // they called it off: all that was chosen stays
    else setProblem(reasonOf(answer.failure) || tellFailure(answer.failure).what);
  };
  return (
    <form
      class="share"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {person.value?.role === "patient" && <p class="lead">{t("share.patientLead")}</p>}
      <What subject={subject} draft={draft} change={change} onChoose={onChoose} />
      <Field label={t("share.for")} hint={t("share.for.hint")} maxLength={128} autocomplete="off" value={draft.recipient} onText={(recipient) => change({ recipient })} />
      <Choices legend={t("share.until")} options={HOURS.map((hours) => [hours, t(`share.hours.${hours}`)])} value={draft.hours} onChoose={(hours) => change({ hours })} />
      <How subject={subject} can={can} draft={draft} change={change} />
      <Switch label={t("share.download")} what={t("share.download.what")} on={draft.download} onSwitch={(download) => change({ download })} />
      <Switch
        label={t("share.deidentified")}
        what={t(can.canDeidentify ? "share.deidentified.what" : "share.deidentified.notYet")}
        disabled={!can.canDeidentify}
        on={draft.deidentified}
        onSwitch={(deidentified) => change({ deidentified })}
      />
      <details class="share-more">
        <summary>{t("share.more")}</summary>
        <OpeningsChoice value={draft.openings} onChange={(openings) => change({ openings })} />
        <Field label={t("share.later")} type="datetime-local" value={draft.notBefore} onText={(notBefore) => change({ notBefore })} />
      </details>
      <div class="share-foot">
        <p class="share-problem" role="alert">
          {problem}
        </p>
        <Button type="submit" look="primary" wide busy={busy}>
          {t("share.make")}
        </Button>
      </div>
    </form>
  );
}

/** What has to be told before a link can be made; empty where nothing lacks. */
function whatLacks({ extent, chosen, challenge, email, openings }: Draft): string {
  if (extent === "chosen" && !chosen?.size) return t("choose.need");
  if (challenge === "email" && email.trim() === "") return t("share.needEmail");
  return mostOpenings(openings) === undefined ? t("share.openings.need", { most: MOST_OPENINGS }) : "";
}

function useCapabilities(study: string): Capabilities {
  const [can, setCan] = useState<Capabilities>({ canSendMail: false, canDeidentify: false });
  useEffect(() => {
    void loadSharesOf(study).then((answer) => {
      if (answer.ok) setCan(answer.value);
    });
  }, [study]);
  return can;
}

function formOf(draft: Draft, subject: Subject): ShareForm {
  return {
    study: subject.study,
    series: draft.extent === "series" && subject.series !== null ? [subject.series.uid] : [],
    instances: instancesOf(draft, subject),
    hours: draft.hours,
    notBefore: draft.notBefore === "" ? null : new Date(draft.notBefore),
    mostOpenings: mostOpenings(draft.openings) ?? null,
    challenge: draft.challenge,
    email: draft.email.trim(),
    recipient: draft.recipient.trim(),
    download: draft.download,
    deidentified: draft.deidentified,
  };
}

function instancesOf({ extent, chosen }: Draft, { image }: Subject): string[] {
  if (extent === "image" && image !== null) return [image];
  return extent === "chosen" ? [...(chosen ?? [])] : [];
}

interface Part {
  subject: Subject;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

function What({ subject, draft, change, onChoose }: Part & { onChoose: () => void }) {
  const options: (readonly [Extent, string])[] = [["study", t("share.what.study")]];
  if (subject.series !== null) options.push(["series", t("share.what.series")]);
  if (subject.image !== null) options.push(["image", t("share.what.image")]);
  if (subject.images) options.push(["chosen", t("share.what.chosen")]);
  if (options.length === 1) return null;
  const choose = (extent: Extent): void => {
    change({ extent });
    if (extent === "chosen") onChoose();
  };
  return (
    <>
      <Choices legend={t("share.what")} options={options} value={draft.extent} onChoose={choose} />
      {draft.extent === "series" && subject.series !== null && <p class="lead">{subject.series.title}</p>}
      {draft.extent === "chosen" && (
        <p class="share-chosen">
          {t("choose.count", { count: draft.chosen?.size ?? 0 })}
          <Button autofocus={draft.chosen !== null} onClick={onChoose}>
            {t("choose.again")}
          </Button>
        </p>
      )}
    </>
  );
}

function How({ subject, can, draft, change }: Part & { can: Capabilities }) {
  const ways: Challenge[] = ["pin"];
  if (subject.patientBorn) ways.push("birth_date");
  if (can.canSendMail) ways.push("email");
  return (
    <>
      <Choices legend={t("share.how")} options={ways.map((way) => [way, t(`share.how.${way}`)])} value={draft.challenge} onChoose={(challenge) => change({ challenge })} />
      <p class="lead share-hint">{t(`share.how.${draft.challenge}.hint` satisfies Key)}</p>
      {draft.challenge === "email" && <Field label={t("share.email")} type="email" autocomplete="off" value={draft.email} onText={(email) => change({ email })} />}
    </>
  );
}
