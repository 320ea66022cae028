import { Download, PackageOpen } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../../protocol/index";
import { type ExportTold, loadExport, originalsAddress } from "../../../protocol/later";
import { Button, Failed, Skeleton } from "../../components/index";
import { t as common } from "../../i18n/index";
import { t } from "../../i18n/export";
import { Shell } from "../../shell/Shell";
import { isFresh } from "../../state/stepUp";
import { rows } from "../../state/worklist";
import { fullDate } from "../../words/dates";
import { fullName } from "../../words/names";
import { Choices } from "../share/Choices";
import { Deidentified } from "./Deidentified";
import { download } from "./download";
import "../share/share.css";
import "./export.css";

type How = "deidentified" | "original";

/** A study to take away: as it is, or copies from which the identities are taken out. */
export default function Export({ uid }: { uid: string }) {
  const [told, setTold] = useState<ExportTold | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [how, setHow] = useState<How>("deidentified");
  const [round, setRound] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    void loadExport(uid, leaving.signal).then((answer) => {
      if (leaving.signal.aborted) return;
      setFailure(answer.ok ? null : answer.failure);
      setTold(answer.ok ? answer.value : null);
    });
    return () => leaving.abort();
  }, [uid, round]);
  const again = (): void => setRound((before) => before + 1);
  return (
    <Shell title={t("export.title")}>
      <div class="page export">
        <header>
          <h1>{t("export.title")}</h1>
        </header>
        <Whose uid={uid} objects={told?.objects ?? null} />
        {failure && <Failed icon={PackageOpen} failure={failure} onRetry={again} />}
        {!failure && told === null && <Loading />}
        {!failure && told !== null && (
          <>
            <Choices
              legend={t("export.how")}
              options={[
                ["deidentified", t("export.deidentified")],
                ["original", t("export.original")],
              ]}
              value={how}
              onChoose={setHow}
            />
            {how === "original" ? <Original uid={uid} /> : <Deidentified key={round} study={uid} told={told} onChanged={again} />}
          </>
        )}
      </div>
    </Shell>
  );
}

/** Known where one came from the list; an address alone tells of nobody. */
function Whose({ uid, objects }: { uid: string; objects: number | null }) {
  const row = rows.value?.find((each) => each.uid === uid);
  const facts = [row?.description, fullDate(row?.date ?? null), objects === null ? "" : t("export.objects", { count: objects })];
  return (
    <div class="export-whose">
      {row && (
        <h2>
          <bdi>{fullName(row.patient.name) || common("studies.noName")}</bdi>
        </h2>
      )}
      <p class="lead">{facts.filter(Boolean).join(" · ")}</p>
    </div>
  );
}

function Original({ uid }: { uid: string }) {
  const [begun, setBegun] = useState(false);
  const get = async (): Promise<void> => {
    if (!(await isFresh())) return;
    download(originalsAddress(uid));
    setBegun(true);
  };
  return (
    <>
      <p class="lead">{t("export.original.what")}</p>
      <Button look="primary" wide icon={Download} onClick={() => void get()}>
        {t("export.original.get")}
      </Button>
      <p role="status" class="lead">
        {begun && t("export.begun")}
      </p>
    </>
  );
}

function Loading() {
  return (
    <div role="status" aria-label={t("export.loading")} class="export-loading">
      <Skeleton width="60%" height="44px" />
      <Skeleton width="100%" height="160px" />
    </div>
  );
}
