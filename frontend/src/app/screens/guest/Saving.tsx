import { signal } from "@preact/signals";
import { Download } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../../protocol/index";
import { originalsAddress, weighOriginals } from "../../../protocol/later";
import { Button, Dialog, Progress } from "../../components/index";
import { t as shell } from "../../i18n/index";
import { t } from "../../i18n/share";
import { forgetOnLeaving, guest, learnSession } from "../../state/session";
import { tellFailure } from "../../words/failures";
import { sizeInWords } from "../../words/sizes";
import { download } from "../export/download";
import "../share/share.css";

type State = { kind: "weighing" } | { kind: "ready" | "begun"; bytes: number } | { kind: "failed"; what: string; canRetry: boolean };

/** Not the button's own: who turns the phone finds it in another panel. */
const isOpen = signal(false);
forgetOnLeaving(() => void (isOpen.value = false));

/** Among the tools, for the guest of a link that lets the images be saved. */
export function SaveButton({ study }: { study: string }) {
  return (
    <>
      <button type="button" class="tool" title={t("saving.get")} onClick={() => void (isOpen.value = true)}>
        <Download size={22} aria-hidden="true" />
        <span>{t("saving.get")}</span>
      </button>
      {isOpen.value && <Saving study={study} onClose={() => void (isOpen.value = false)} />}
    </>
  );
}

/** How much it is, and the download. */
function Saving({ study, onClose }: { study: string; onClose: () => void }) {
  const [state, setState] = useState<State>({ kind: "weighing" });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    setState({ kind: "weighing" });
    void weighOriginals(study, leaving.signal).then((answer) => {
      if (!leaving.signal.aborted) setState(answer.ok ? { kind: "ready", bytes: answer.value } : whyNot(answer.failure));
    });
    return () => leaving.abort();
  }, [study, round]);
  const get = async (bytes: number): Promise<void> => {
    // What a browser saves it asks for itself, and says little of a refusal: so it is asked once more before.
    await learnSession();
    if (guest.value?.download !== true) {
      setState(refused());
      return;
    }
    download(originalsAddress(study));
    setState({ kind: "begun", bytes });
  };
  return (
    <Dialog title={t("saving.title")} onClose={onClose}>
      <div class="share">
        <p>{t(guest.value?.deidentified ? "saving.what.copies" : "saving.what")}</p>
        <Outcome state={state} />
        {state.kind === "failed" ? (
          state.canRetry && (
            <Button look="primary" wide onClick={() => setRound((before) => before + 1)}>
              {shell("common.retry")}
            </Button>
          )
        ) : (
          <Button look="primary" wide icon={Download} disabled={state.kind === "weighing"} onClick={() => state.kind !== "weighing" && void get(state.bytes)}>
            {t("saving.get")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Outcome({ state }: { state: State }) {
  if (state.kind === "weighing") return <Progress label={t("saving.weighing")} done={null} />;
  if (state.kind === "failed") {
    return (
      <p class="share-problem" role="alert">
        {state.what}
      </p>
    );
  }
  return (
    <p class="lead" role="status">
      {t("saving.size", { size: sizeInWords(state.bytes) })}
      {state.kind === "begun" && ` · ${t("saving.begun")}`}
    </p>
  );
}

const refused = (): State => ({ kind: "failed", what: t("saving.refused", { sender: guest.value?.sender ?? "" }), canRetry: false });

function whyNot(failure: Failure): State {
  return failure.kind === "refused" ? refused() : { kind: "failed", what: tellFailure(failure).what, canRetry: true };
}
