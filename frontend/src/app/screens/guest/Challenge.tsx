import { useState } from "preact/hooks";
import type { Failure } from "../../../protocol/index";
import { type LinkTold, type Presented, askForCode, openLink } from "../../../protocol/later";
import { Button, Field } from "../../components/index";
import { t } from "../../i18n/share";
import { askDigestEarly } from "../../state/earlyDigest";
import { learnSession, stayEnd } from "../../state/session";
import { reasonOf, tellFailure } from "../../words/failures";
import { forgetSecret } from "./address";
import { PinPad } from "./PinPad";

interface Props {
  told: LinkTold;
  presented: Presented;
  /** The link opens nothing any more. */
  onClosed: () => void;
}

/** What the guest has to know: asked for, sent, and what is wrong with it. */
export function Challenge({ told, presented, onClosed }: Props) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const open = async (answer: string): Promise<void> => {
    setBusy(true);
    setProblem("");
    const opened = await openLink(presented, answer);
    if (opened.ok) {
      // The first picture is asked for before it is told who we are now: each is a journey over the network.
      if (opened.value !== null) askDigestEarly(opened.value);
      stayEnd.value = null;
      forgetSecret();
      await learnSession();
      return;
    }
    setBusy(false);
    if (opened.failure.kind === "refused" && opened.failure.status === 404) onClosed();
    else setProblem(wordsOf(opened.failure, told.sender));
  };
  const props = { told, presented, problem, busy, setProblem, open: (answer: string) => void open(answer) };
  if (told.challenge === "birth_date") return <BirthDate {...props} />;
  return told.challenge === "email" ? <Code {...props} /> : <Pin {...props} />;
}

function wordsOf(failure: Failure, sender: string): string {
  if (failure.kind !== "refused" || failure.code !== "wrong_answer") return tellFailure(failure).what;
  if (failure.fields["why"] === "no_code") return t("guest.noCode");
  const left = Number(failure.fields["tries_left"]);
  return left > 0 ? t("guest.wrong", { count: left }) : t("guest.wrongLast", { sender });
}

interface Asked {
  told: LinkTold;
  presented: Presented;
  problem: string;
  busy: boolean;
  setProblem: (words: string) => void;
  open: (answer: string) => void;
}

function Pin({ told, problem, busy, open }: Asked) {
  return <PinPad label={t("guest.pin")} lead={t("guest.askPin", { sender: told.sender })} problem={problem} busy={busy} onEntered={open} />;
}

function Code({ told, presented, problem, busy, setProblem, open }: Asked) {
  const [sent, setSent] = useState(false);
  const [sending, setSending] = useState(false);
  const send = async (): Promise<void> => {
    setSending(true);
    setProblem("");
    const answer = await askForCode(presented);
    setSending(false);
    if (answer.ok) setSent(true);
    else setProblem(reasonOf(answer.failure) || tellFailure(answer.failure).what);
  };
  const button = (
    <Button look={sent ? "quiet" : "primary"} wide busy={sending} onClick={() => void send()}>
      {t(sent ? "guest.sendAgain" : "guest.sendCode")}
    </Button>
  );
  if (!sent) {
    return (
      <div class="guest-form">
        <p>{t("guest.askCode", { sender: told.sender })}</p>
        <p class="guest-problem" role="alert">
          {problem}
        </p>
        {button}
      </div>
    );
  }
  return (
    <>
      <PinPad label={t("guest.code")} lead={t("guest.codeSent")} problem={problem} busy={busy} onEntered={open} />
      {button}
    </>
  );
}

function BirthDate({ problem, busy, open }: Asked) {
  const [date, setDate] = useState("");
  return (
    <form
      class="guest-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (date !== "") open(date);
      }}
    >
      <p>{t("guest.askBirthDate")}</p>
      <Field label={t("guest.birthDate")} type="date" autocomplete="off" required value={date} error={problem || undefined} onText={setDate} />
      <Button type="submit" look="primary" wide busy={busy} disabled={date === ""}>
        {t("guest.open")}
      </Button>
    </form>
  );
}
