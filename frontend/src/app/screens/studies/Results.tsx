import { FolderOpen, SearchX, Unplug } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import type { StudyRow } from "../../../protocol/index";
import { Button, Empty, Failed, Skeleton } from "../../components/index";
import { t } from "../../i18n/index";
import { navigate } from "../../router";
import { mayUpload } from "../../state/roles";
import { person } from "../../state/session";
import { mediaSignal } from "../../state/theme";
import { clearFilters, failure, hasMore, isAsking, isAskingMore, isFiltered, loadMore, refresh, rows, total } from "../../state/worklist";
import { tellFailure } from "../../words/failures";
import { Preview } from "./Preview";
import { StudyCards } from "./StudyCards";
import { StudyTable } from "./StudyTable";

export function Results({ wide }: { wide: boolean }) {
  const shown = rows.value;
  if (shown === null) return failure.value && !isAsking.value ? <Failed icon={Unplug} failure={failure.value} onRetry={() => void refresh()} /> : <Loading />;
  return (
    <>
      <p class="heard" role="status">
        {hasMore.value ? "" : t("studies.found", { count: total.value ?? shown.length })}
      </p>
      {failure.value && <Stale />}
      {shown.length === 0 ? <Nothing /> : <List rows={shown} wide={wide} />}
    </>
  );
}

const hasRoom = mediaSignal("(min-width: 1280px)");

function List({ rows: shown, wide }: { rows: readonly StudyRow[]; wide: boolean }) {
  return (
    <div class="studies-room" aria-busy={isAsking.value}>
      <div class="studies-rows">
        {wide ? <StudyTable rows={shown} /> : <StudyCards rows={shown} />}
        <More />
      </div>
      {hasRoom.value && <Preview rows={shown} />}
    </div>
  );
}

const AHEAD = "1000px";

/** The end of what is loaded: coming near asks for more. */
function More() {
  const end = useRef<HTMLDivElement>(null);
  const more = hasMore.value;
  useEffect(() => {
    const element = end.current;
    if (!element || !more) return undefined;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && void loadMore(), { rootMargin: AHEAD });
    watch.observe(element);
    return () => watch.disconnect();
    // Seen anew after each page: one page may not fill the screen.
  }, [more, rows.value?.length]);
  return (
    <div ref={end} class="studies-more">
      {isAskingMore.value && <SkeletonRow />}
    </div>
  );
}

const SHAPES = 8;

function Loading() {
  return (
    <div class="studies-loading" role="status" aria-label={t("studies.loading")}>
      {Array.from({ length: SHAPES }, (_, place) => (
        <SkeletonRow key={place} />
      ))}
    </div>
  );
}

function SkeletonRow() {
  return (
    <div class="study">
      <Skeleton width="72px" height="72px" />
      <div class="study-words">
        <Skeleton width="11rem" height="1.1rem" />
        <Skeleton width="7rem" height="0.8rem" />
        <Skeleton width="14rem" height="0.8rem" />
      </div>
    </div>
  );
}

function Stale() {
  if (!failure.value) return null;
  return (
    <div class="studies-stale" role="alert">
      <p>
        {tellFailure(failure.value).title}. {t("studies.stale")}
      </p>
      <Button look="quiet" onClick={() => void refresh()}>
        {t("common.retry")}
      </Button>
    </div>
  );
}

function Nothing() {
  if (isFiltered.value) {
    return (
      <Empty icon={SearchX} title={t("studies.none.title")}>
        <p>{t("studies.none.what")}</p>
        <Button onClick={clearFilters}>{t("studies.none.clear")}</Button>
        {person.value?.mayBreakGlass && (
          <Button look="quiet" onClick={() => navigate("/break-glass")}>
            {t("studies.none.locked")}
          </Button>
        )}
      </Empty>
    );
  }
  const canAdd = mayUpload();
  return (
    <Empty icon={FolderOpen} title={t("studies.empty.title")}>
      <p>{t(canAdd ? "studies.empty.store" : "studies.empty.wait")}</p>
      {canAdd && (
        <Button look="primary" onClick={() => navigate("/upload")}>
          {t("studies.empty.upload")}
        </Button>
      )}
    </Empty>
  );
}
