import { Download } from "lucide-preact";
import { useState } from "preact/hooks";
import { type ExportTold, makeExport } from "../../../protocol/later";
import type { Failure } from "../../../protocol/index";
import { Button, Progress } from "../../components/index";
import { t } from "../../i18n/export";
import { guarded } from "../../state/stepUp";
import { reasonOf, tellFailure } from "../../words/failures";
import { FRESH, Kept, type Wanted, optionsOf } from "./Kept";
import { Looking } from "./Looking";
import { download } from "./download";
import { NOTHING_LOOKED_AT, asTold, isSeen } from "./looked";

type State = { kind: "choosing" | "preparing" | "begun" } | { kind: "failed"; what: string };

interface Props {
  study: string;
  told: ExportTold;
  /** The study is no longer what was looked at. */
  onChanged: () => void;
}

/** What stays, what has to be looked at first, and the download. */
export function Deidentified({ study, told, onChanged }: Props) {
  const [wanted, setWanted] = useState<Wanted>(FRESH);
  const [looked, setLooked] = useState(NOTHING_LOOKED_AT);
  const [state, setState] = useState<State>({ kind: "choosing" });
  const left = told.looks.filter((look) => !isSeen(look, looked)).length;
  const isAllLeftOut = told.leftOut.reduce((sum, each) => sum + each.count, 0) >= told.objects;
  const get = async (): Promise<void> => {
    setState({ kind: "preparing" });
    const form = { options: optionsOf(wanted), project: wanted.project.trim(), ...asTold(looked) };
    const answer = await guarded(() => makeExport(study, form));
    if (answer.ok) download(answer.value);
    if (!answer.ok && isChanged(answer.failure)) onChanged();
    else setState(answer.ok ? { kind: "begun" } : afterFailure(answer.failure));
  };
  return (
    <>
      <p class="lead">{t("export.deidentified.what", { edition: told.edition })}</p>
      <LeftOut told={told} />
      <Looking study={study} looks={told.looks} looked={looked} onLooked={setLooked} />
      <Kept wanted={wanted} onChange={(part) => setWanted((before) => ({ ...before, ...part }))} />
      <p class="lead">{t("export.deidentified.promise")}</p>
      {left > 0 && <p class="export-left">{t("export.looks.left", { count: left })}</p>}
      <Button look="primary" wide icon={Download} busy={state.kind === "preparing"} disabled={left > 0 || isAllLeftOut} onClick={() => void get()}>
        {t("export.deidentified.get")}
      </Button>
      <Outcome state={state} />
    </>
  );
}

const isChanged = (failure: Failure): boolean => failure.kind === "refused" && failure.status === 409;

function afterFailure(failure: Failure): State {
  if (failure.kind === "aborted") return { kind: "choosing" }; // they called it off: all that was chosen stays
  return { kind: "failed", what: reasonOf(failure) || tellFailure(failure).what };
}

function LeftOut({ told }: { told: ExportTold }) {
  if (told.leftOut.length === 0) return null;
  const sum = told.leftOut.reduce((all, each) => all + each.count, 0);
  return (
    <ul class="export-warning">
      {told.leftOut.map(({ what, count }) => (
        <li key={what}>{t(`export.leftOut.${what}`, { count })}</li>
      ))}
      {sum >= told.objects && <li>{t("export.nothingLeft")}</li>}
    </ul>
  );
}

function Outcome({ state }: { state: State }) {
  if (state.kind === "preparing") return <Progress label={t("export.preparing")} done={null} />;
  if (state.kind === "failed")
    return (
      <p role="alert" class="share-problem">
        {state.what}
      </p>
    );
  return (
    <p role="status" class="lead">
      {state.kind === "begun" && t("export.begun")}
    </p>
  );
}
