import { RotateCcw, Trash2 } from "lucide-preact";
import type { BinEntry } from "../../../protocol/later";
import { Button, Progress } from "../../components/index";
import { t } from "../../i18n/more";
import { dayOf, fullDate } from "../../words/dates";
import { fullName } from "../../words/names";
import { sizeInWords } from "../../words/sizes";
import { daysLeft } from "./daysLeft";

/** One deletion: what, when, by whom, for how long it can still be undone. */
export function Entry({ entry, onRestore, onErase }: { entry: BinEntry; onRestore: () => void; onErase: () => void }) {
  const name = fullName(entry.name) || t("bin.noName");
  const isRestoring = entry.state === "restoring";
  return (
    <li class="actable">
      <div class="actable-words">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <p>{[entry.modalities.join(", "), entry.seriesDescription || entry.description, fullDate(entry.date)].filter(Boolean).join(" · ")}</p>
        <p class="lead">
          {t(`bin.level.${entry.level}`)} · {t("bin.images", { count: entry.left })} · {sizeInWords(entry.sizeBytes)}
        </p>
        <p class="lead">
          {t("bin.deleted", { day: dayOf(new Date(entry.deletedAt)), who: entry.deletedBy })} · <Left entry={entry} />
        </p>
        {entry.problem && !isRestoring && (
          <p class="bin-problem" role="alert">
            {entry.problem}
          </p>
        )}
        {isRestoring && <Progress label={t("bin.restoring")} done={1 - entry.left / Math.max(1, entry.numberOfInstances)} />}
      </div>
      <div class="bin-acts">
        <Button icon={RotateCcw} busy={isRestoring} {...(!isRestoring && { "aria-label": t("bin.restoreNamed", { name }) })} onClick={onRestore}>
          {isRestoring ? t("bin.restoring") : t("bin.restore")}
        </Button>
        <Button look="quiet" icon={Trash2} disabled={isRestoring} aria-label={t("bin.eraseNamed", { name })} onClick={onErase}>
          {t("bin.erase")}
        </Button>
      </div>
    </li>
  );
}

function Left({ entry }: { entry: BinEntry }) {
  return <span>{t("bin.left", { count: daysLeft(entry.erasedAt) })}</span>;
}
