import { Trash2 } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { type BinEntry, eraseFromBin, loadBin } from "../../../protocol/later";
import type { Failure } from "../../../protocol/index";
import { Button, Dialog, Empty, Failed, Skeleton, toast } from "../../components/index";
import { t } from "../../i18n/more";
import { Shell } from "../../shell/Shell";
import { bringBack } from "../../state/deleting";
import { guarded } from "../../state/stepUp";
import { tellFailure } from "../../words/failures";
import { fullName } from "../../words/names";
import { Entry } from "./Entry";
import "../../components/actables.css";
import "./bin.css";

interface Known {
  days: number;
  entries: readonly BinEntry[];
  next: number | null;
}

/** What was deleted, how long it can still be brought back, and how. */
export default function Bin() {
  const [known, setKnown] = useState<Known | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = async (cursor: number | null): Promise<void> => {
    const answer = await loadBin(cursor);
    setFailure(answer.ok ? null : answer.failure);
    if (!answer.ok) return;
    setKnown((before) => ({ ...answer.value, entries: [...(cursor === null ? [] : (before?.entries ?? [])), ...answer.value.entries] }));
  };
  useEffect(() => void load(null), []);
  const change = (id: number, entry: BinEntry | null): void =>
    setKnown((now) => now && { ...now, entries: now.entries.flatMap((each) => (each.id !== id ? [each] : entry ? [entry] : [])) });
  return (
    <Shell title={t("bin.title")}>
      <div class="page bin">
        <header>
          <h1>{t("bin.title")}</h1>
        </header>
        {failure && <Failed icon={Trash2} failure={failure} onRetry={() => void load(null)} />}
        {!failure && (known === null ? <Loading /> : <Entries known={known} change={change} onMore={(cursor) => void load(cursor)} />)}
      </div>
    </Shell>
  );
}

interface EntriesProps {
  known: Known;
  change: (id: number, entry: BinEntry | null) => void;
  onMore: (cursor: number) => void;
}

function Entries({ known: { days, entries, next }, change, onMore }: EntriesProps) {
  const [erasing, setErasing] = useState<BinEntry | null>(null);
  const restore = async (entry: BinEntry): Promise<void> => {
    if (await bringBack(entry, (now) => change(entry.id, now))) change(entry.id, null);
  };
  if (entries.length === 0) {
    return (
      <Empty icon={Trash2} title={t("bin.empty.title")}>
        <p>{t("bin.empty", { count: days })}</p>
      </Empty>
    );
  }
  return (
    <>
      <p class="lead">{t("bin.lead", { count: days })}</p>
      <ul class="actables">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} onRestore={() => void restore(entry)} onErase={() => setErasing(entry)} />
        ))}
      </ul>
      {next !== null && <Button onClick={() => onMore(next)}>{t("bin.more")}</Button>}
      {erasing && <Erasing entry={erasing} onClose={() => setErasing(null)} onErased={() => change(erasing.id, null)} />}
    </>
  );
}

function Erasing({ entry, onClose, onErased }: { entry: BinEntry; onClose: () => void; onErased: () => void }) {
  const erase = async (): Promise<void> => {
    onClose();
    const answer = await guarded(() => eraseFromBin(entry.id));
    if (answer.ok) {
      onErased();
      toast({ text: t("bin.erased") });
    } else if (answer.failure.kind !== "aborted") {
      toast({ text: tellFailure(answer.failure).what, tone: "danger" });
    }
  };
  return (
    <Dialog title={t("bin.erase.title")} onClose={onClose}>
      <p>{t("bin.erase.what", { name: fullName(entry.name) || t("bin.noName"), count: entry.left })}</p>
      <div class="dialog-buttons">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="danger" onClick={() => void erase()}>
          {t("bin.erase")}
        </Button>
      </div>
    </Dialog>
  );
}

function Loading() {
  return (
    <div role="status" aria-label={t("bin.loading")} class="actables">
      <Skeleton width="100%" height="112px" />
      <Skeleton width="100%" height="112px" />
    </div>
  );
}
