import { Calendar, ChevronDown } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { Button, Chip, Dialog, Field, Menu, type MenuItem } from "../../components/index";
import { t } from "../../i18n/index";
import { type When, filterBy, filters } from "../../state/worklist";
import { fullDate } from "../../words/dates";
import { FILTERS, modalityInWords } from "../../words/modalities";

/** Which days, and which modalities: several of these widen the list. */
export function Filters() {
  return (
    <div class="filters" role="group" aria-label={t("studies.filters")}>
      <WhenChip />
      {FILTERS.map((code) => (
        <Chip key={code} on={filters.value.modalities.includes(code)} title={modalityInWords(code)} onClick={() => toggle(code)}>
          {code}
        </Chip>
      ))}
    </div>
  );
}

function toggle(code: string): void {
  const { modalities } = filters.value;
  filterBy({ modalities: modalities.includes(code) ? modalities.filter((each) => each !== code) : [...modalities, code] });
}

function WhenChip() {
  const place = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<"menu" | "range" | null>(null);
  const { when } = filters.value;
  const choose = (next: When): void => filterBy({ when: next });
  const days = (count: 1 | 7 | 30): MenuItem => ({
    label: count === 1 ? t("studies.today") : t("studies.days", { count }),
    on: when.kind === "days" && when.days === count,
    perform: () => choose({ kind: "days", days: count }),
  });
  const items: MenuItem[] = [
    { label: t("studies.anyDate"), on: when.kind === "any", perform: () => choose({ kind: "any" }) },
    days(1),
    days(7),
    days(30),
    { label: t("studies.range"), on: when.kind === "range", perform: () => setOpen("range") },
  ];
  return (
    <div ref={place} class="filters-when">
      <Chip on={when.kind !== "any"} aria-haspopup="menu" onClick={() => setOpen("menu")}>
        {when.kind === "any" && <Calendar size={16} aria-hidden="true" />}
        {whenInWords(when)}
        <ChevronDown size={16} aria-hidden="true" />
      </Chip>
      {open === "menu" && <Menu label={t("studies.col.date")} items={items} anchor={place.current} onClose={() => setOpen(null)} />}
      {open === "range" && <Range when={when} onChoose={choose} onClose={() => setOpen(null)} />}
    </div>
  );
}

function whenInWords(when: When): string {
  if (when.kind === "any") return t("studies.anyDate");
  if (when.kind === "days") return when.days === 1 ? t("studies.today") : t("studies.days", { count: when.days });
  const [from, to] = [fullDate(when.from || null), fullDate(when.to || null)];
  if (from === "") return t("studies.until", { to });
  return to === "" ? t("studies.since", { from }) : t("studies.between", { from, to });
}

function Range({ when, onChoose, onClose }: { when: When; onChoose: (when: When) => void; onClose: () => void }) {
  const [from, setFrom] = useState(when.kind === "range" ? when.from : "");
  const [to, setTo] = useState(when.kind === "range" ? when.to : "");
  const wrong = from !== "" && to !== "" && from > to;
  const apply = (): void => {
    if (wrong) return;
    onChoose(from === "" && to === "" ? { kind: "any" } : { kind: "range", from, to });
    onClose();
  };
  return (
    <Dialog title={t("studies.rangeTitle")} onClose={onClose}>
      <form
        class="filters-range"
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <Field label={t("studies.from")} type="date" value={from} onText={setFrom} />
        <Field label={t("studies.to")} type="date" value={to} error={wrong ? t("studies.rangeWrong") : undefined} onText={setTo} />
        <Button type="submit" look="primary" wide>
          {t("studies.apply")}
        </Button>
      </form>
    </Dialog>
  );
}
