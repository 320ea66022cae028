import { type BinEntry, loadBinEntry, putIntoBin, restoreFromBin } from "../../protocol/later";
import { type Answer, type StudyRow, wait } from "../../protocol/index";
import { toast } from "../components/index";
import { t } from "../i18n/more";
import { tellFailure } from "../words/failures";
import { fullName } from "../words/names";
import { refresh, takeAway } from "./worklist";

const ASK_EVERY_MS = 1_000;
/** Long enough to see that it was the wrong one. */
const UNDO_FOR_MS = 12_000;

/** Put a study into the bin, and say how to take it back. */
export async function moveToBin(row: StudyRow): Promise<void> {
  const answer = await putIntoBin(row.uid);
  if (!answer.ok) {
    complain(answer);
    return;
  }
  takeAway(row.uid);
  const entry = answer.value;
  const name = fullName(row.patient.name) || t("bin.noName");
  toast({
    text: t("bin.moved", { name }),
    action: { label: t("bin.undo"), perform: () => void undo(entry) },
    forMs: UNDO_FOR_MS,
  });
}

async function undo(entry: BinEntry): Promise<void> {
  if (await bringBack(entry)) await refresh();
}

/** Restore it and wait until it is here. `onProgress` hears how much is left. False where not all of it came back. */
export async function bringBack(entry: BinEntry, onProgress: (entry: BinEntry) => void = () => undefined): Promise<boolean> {
  const begun = await restoreFromBin(entry.id);
  if (!begun.ok) return complain(begun);
  for (;;) {
    onProgress({ ...entry, state: "restoring" });
    await wait(ASK_EVERY_MS);
    const now = await loadBinEntry(entry.id);
    if (!now.ok) {
      if (now.failure.kind !== "refused" || now.failure.status !== 404) return complain(now);
      toast({ text: t("bin.restored") });
      return true;
    }
    entry = now.value;
    if (entry.state === "binned") {
      onProgress(entry);
      toast({ text: entry.problem ?? t("bin.notRestored"), tone: "danger" });
      return false;
    }
  }
}

function complain(answer: Answer<unknown>): false {
  if (!answer.ok && answer.failure.kind !== "aborted") {
    const told = tellFailure(answer.failure);
    toast({ text: `${told.title} ${told.what}`, tone: "danger" });
  }
  return false;
}
