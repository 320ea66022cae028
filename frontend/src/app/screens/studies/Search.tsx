import { Search as Glass, X } from "lucide-preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { IconButton, Progress } from "../../components/index";
import { t } from "../../i18n/index";
import { filterBy, filters, isAsking, rows } from "../../state/worklist";

/** Over name, ID, accession number and description, as one types. "/" comes here from anywhere. */
export function Search() {
  const input = useRef<HTMLInputElement>(null);
  useSlash(input);
  return (
    <search class="search">
      <Glass size={20} aria-hidden="true" />
      <input
        ref={input}
        type="search"
        name="q"
        aria-label={t("studies.search")}
        placeholder={t("studies.searchHint")}
        value={filters.value.search}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        enterkeyhint="search"
        onInput={(event) => filterBy({ search: event.currentTarget.value })}
      />
      {filters.value.search !== "" && (
        <IconButton
          icon={X}
          label={t("studies.clear")}
          onClick={() => {
            filterBy({ search: "" });
            input.current?.focus();
          }}
        />
      )}
      {isAsking.value && rows.value !== null && <Progress label={t("studies.refreshing")} done={null} />}
    </search>
  );
}

function useSlash(input: { current: HTMLInputElement | null }): void {
  // Before the picture, not after it: the first rows are there at once, and so is who works by keys.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, dialog") !== null;
      if (event.key !== "/" || event.ctrlKey || event.metaKey || typing) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [input]);
}
