import { effect } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { t } from "../../i18n/index";
import { Shell } from "../../shell/Shell";
import { mediaSignal } from "../../state/theme";
import { followArrivals, isAsking, isRecent, refresh, rows, scrolledTo, showWaiting, waiting } from "../../state/worklist";
import { Filters } from "./Filters";
import { PullToRefresh } from "./PullToRefresh";
import { Results } from "./Results";
import { Search } from "./Search";
import "./studies.css";

const TOP_PX = 80;
const isWide = mediaSignal("(min-width: 900px)");

/** All studies that are open to the person, newest first, found as they type. */
export default function Studies() {
  useListAsItWas();
  useEffect(() => {
    // Who comes back finds the list at once, and what changed meanwhile a moment later.
    const isWanted = rows.value === null || (scrollY < TOP_PX && !isRecent());
    if (isWanted && !isAsking.value) void refresh();
    return followWhenLoaded(() => scrollY < TOP_PX);
  }, []);
  return (
    <Shell title={t("studies.title")}>
      <PullToRefresh onRefresh={refresh} />
      <div class="studies">
        <h1>{t("studies.title")}</h1>
        <div class="studies-bar">
          <Search />
          <Filters />
        </div>
        <NewStudies />
        <Results wide={isWide.value} />
      </div>
    </Shell>
  );
}

/** The socket opens once the list stands: its cursor is where the list ends. */
function followWhenLoaded(isAtTop: () => boolean): () => void {
  let stop = (): void => undefined;
  const stopWaiting = effect(() => {
    if (rows.value === null) return;
    queueMicrotask(() => stopWaiting());
    stop = followArrivals(isAtTop);
  });
  return () => {
    stopWaiting();
    stop();
  };
}

function useListAsItWas(): void {
  useLayoutEffect(() => {
    scrollTo(0, scrolledTo.y);
    const remember = (): void => void (scrolledTo.y = scrollY);
    addEventListener("scroll", remember, { passive: true });
    return () => {
      removeEventListener("scroll", remember);
    };
  }, []);
  useEffect(() => {
    const link = document.querySelector<HTMLElement>(`a[href="/study/${opened}"]`);
    opened = "";
    link?.focus({ preventScroll: true });
    const onLeave = (event: MouseEvent): void => void (opened = studyUnder(event));
    addEventListener("click", onLeave, { capture: true });
    return () => removeEventListener("click", onLeave, { capture: true });
  }, []);
}

/** The study that was opened last: who comes back goes on from its row. */
let opened = "";

function studyUnder(event: MouseEvent): string {
  const link = event.target instanceof Element ? event.target.closest("a[href^='/study/']") : null;
  return link?.getAttribute("href")?.slice("/study/".length) ?? "";
}

/** Says what came while somebody reads further down, instead of moving what is under their finger. */
function NewStudies() {
  const count = waiting.value.length;
  const show = (): void => {
    showWaiting();
    scrollTo({ top: 0 });
  };
  return (
    <div class="studies-new" role="status">
      {count > 0 && (
        <button type="button" onClick={show}>
          {t("studies.new", { count })}
        </button>
      )}
    </div>
  );
}
