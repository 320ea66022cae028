import { useSignal } from "@preact/signals";
import { X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { IconButton, Later, Sheet, type SheetHeight } from "../../components/index";
import { type Key, t } from "../../i18n/viewer";
import { guest } from "../../state/session";
import { dateAndTime } from "../../words/dates";
import { fullName, spokenName } from "../../words/names";
import { ageAndSex } from "../../words/patients";
import { CommandButton } from "./Bars";
import { CinePanel } from "./CinePanel";
import { commandNamed } from "./commands";
import { isWide } from "./layout";
import { LayoutPanel } from "./LayoutPanel";
import type { Reading } from "./reading";
import type { Panel } from "./room";
import { scaleOf } from "./scale";
import { Strip } from "./Strip";
import { WindowPanel } from "./WindowPanel";

interface Shown {
  readonly titleKey: Key;
  /** Where its sheet opens on a phone. */
  readonly at: SheetHeight;
  readonly content: (props: { reading: Reading }) => ComponentChildren;
}

const PANELS: Readonly<Record<Panel, Shown>> = {
  series: { titleKey: "bar.series", at: "half", content: SeriesPanel },
  window: { titleKey: "bar.window", at: "peek", content: WindowPanel },
  turn: { titleKey: "bar.turn", at: "peek", content: TurnPanel },
  cine: { titleKey: "bar.cine", at: "peek", content: CinePanel },
  layout: { titleKey: "bar.layout", at: "peek", content: LayoutPanel },
  more: { titleKey: "bar.more", at: "half", content: MorePanel },
};

/** The one panel that is open: a sheet at the bottom of a phone, a card beside the tools elsewhere. */
export function Panels({ reading }: { reading: Reading }) {
  const open = reading.panel.value;
  if (open === null) return null;
  const { titleKey, at, content: Content } = PANELS[open];
  const close = (): void => {
    reading.setPanel(null);
  };
  if (!isWide.value) {
    return (
      <PhoneSheet key={open} title={t(titleKey)} at={at} reading={reading} onClose={close}>
        <Content reading={reading} />
      </PhoneSheet>
    );
  }
  return (
    <Card key={open} title={t(titleKey)} onClose={close}>
      <Content reading={reading} />
    </Card>
  );
}

interface CardProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

function Card({ title, onClose, children }: CardProps) {
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    const [before, opened] = [document.activeElement, card.current];
    return () => {
      // Whoever closed it from within goes on where they opened it.
      const wasInside = opened?.contains(document.activeElement) ?? false;
      if (wasInside && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <section ref={card} class="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <IconButton icon={X} label={t("panel.close")} onClick={onClose} />
      </header>
      {children}
    </section>
  );
}

interface PhoneSheetProps extends CardProps {
  at: SheetHeight;
  reading: Reading;
}

function PhoneSheet({ title, at, reading, onClose, children }: PhoneSheetProps) {
  const height = useSignal(at);
  reading.sheet.value = height.value;
  return (
    <Sheet title={title} at={at} onHeight={(next) => (height.value = next)} onClose={onClose}>
      {children}
    </Sheet>
  );
}

function SeriesPanel({ reading }: { reading: Reading }) {
  return <Strip reading={reading} />;
}

const TURNS = ["turnLeft", "turnRight", "mirror", "mirrorDown", "invert", "fit", "oneToOne", "reset"] as const;

function TurnPanel({ reading }: { reading: Reading }) {
  return (
    <div class="commands">
      {TURNS.map((name) => (
        <CommandButton key={name} command={commandNamed(reading, name)} />
      ))}
    </div>
  );
}

const MORE = ["share", "export", "probe", "glass", "hideNames", "fit", "oneToOne", "reset"];
/** A mouse has no use for one, a guest for another: they are not shown greyed to who will never use them. */
const OFFERED_WHERE_USABLE = new Set(["glass", "share", "export"]);

const dataSaver = () => import("./DataSaver").then((room) => room.DataSaver);
const save = () => import("../guest/Saving").then((room) => room.SaveButton);
const NOTHING = {};

function MorePanel({ reading }: { reading: Reading }) {
  return (
    <>
      <div class="commands">
        {guest.value?.download === true && <Later load={save} props={{ study: reading.room.study.digest.study.uid }} />}
        {(isWide.value ? [...MORE, "help"] : MORE)
          .map((name) => commandNamed(reading, name))
          .filter(({ name, isUsable }) => !OFFERED_WHERE_USABLE.has(name) || isUsable())
          .map((command) => (
            <CommandButton key={command.name} command={command} />
          ))}
      </div>
      <Later load={dataSaver} props={NOTHING} />
      <Details reading={reading} />
    </>
  );
}

function Details({ reading }: { reading: Reading }) {
  const { study } = reading.digest;
  const hidden = reading.namesHidden.value;
  const format = reading.slice.value?.format;
  const scale = format === undefined ? null : scaleOf(format);
  const rows: readonly (readonly [Key, string])[] = [
    ["details.patient", hidden ? t("patient.hidden") : [fullName(study.patient.name), study.patient.id, ageAndSex(study.patient, study.date)].filter(Boolean).join(" · ")],
    ["details.study", [study.description, dateAndTime(study.date, study.time)].filter(Boolean).join(" · ")],
    ["details.accession", hidden ? "" : study.accessionNumber],
    ["details.referrer", hidden ? "" : spokenName(study.referringPhysician)],
    ["details.institution", study.institution],
    ["details.size", format === undefined ? "" : `${format.columns} × ${format.rows} · ${t("details.bits", { bits: format.bitsStored })}`],
    ["details.spacing", scale === null ? t("scale.none") : spacingText(scale)],
  ];
  return (
    <dl class="details">
      {rows.map(([labelKey, text]) =>
        text === "" ? null : (
          <div key={labelKey}>
            <dt>{t(labelKey)}</dt>
            <dd>{text}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function spacingText({ calibration: { rowMm, columnMm }, sourceKey }: NonNullable<ReturnType<typeof scaleOf>>): string {
  const figure = (mm: number): string => String(Number(mm.toPrecision(4)));
  return `${figure(rowMm)} × ${figure(columnMm)} mm · ${t(sourceKey)}`;
}
