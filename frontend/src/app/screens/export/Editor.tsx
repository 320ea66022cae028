import { ChevronLeft, ChevronRight, Plus, Trash2, Undo2, X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Look } from "../../../protocol/later";
import { Button, Chip, IconButton, toast } from "../../components/index";
import { t as common } from "../../i18n/index";
import { t } from "../../i18n/export";
import { titleOf } from "./Looks";
import { Stage } from "./Stage";
import { type Box, type Marks, added, boxInTheMiddle, changed, isFull, removed, undone } from "./regions";

interface Props {
  study: string;
  look: Look;
  marks: Marks;
  onMarks: (change: (before: Marks) => Marks) => void;
  onClose: () => void;
  onLooked: () => void;
}

/** The images of a series one after another, full screen, with regions to draw on them. */
export function Editor({ study, look, marks, onMarks, onClose, onLooked }: Props) {
  const [place, setPlace] = useState(0);
  const [frame, setFrame] = useState(1);
  const [shown, setShown] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<number | null>(null);
  const [isForOne, setForOne] = useState(false);
  const image = look.images[Math.min(place, look.images.length - 1)];
  if (image === undefined) return null;
  const hasPixels = image.rows > 0 && image.columns > 0;
  const go = (to: number): void => {
    setPlace(Math.max(0, Math.min(look.images.length - 1, to)));
    setFrame(1);
    setChosen(null);
  };
  const draw = (box: Box): void => {
    const region = { ...box, series: look.series, instance: isForOne ? image.uid : "", rows: image.rows, columns: image.columns };
    if (isFull(marks, region)) toast({ text: t("edit.full"), tone: "danger" });
    else onMarks((before) => added(before, region));
  };
  const remove = (id: number): void => {
    onMarks((before) => removed(before, id));
    setChosen(null);
  };
  return (
    <FullScreen title={titleOf(look)} onClose={onClose} onUndo={() => onMarks(undone)}>
      <Stage
        key={image.uid}
        address={{ study, series: look.series, uid: image.uid, frame: hasPixels ? frame : null }}
        size={image}
        marks={marks}
        chosen={chosen}
        onChoose={setChosen}
        onDraw={draw}
        onChange={(id, box) => onMarks((before) => changed(before, id, box))}
        onRemove={remove}
        onShown={() => setShown((before) => (before.has(image.uid) ? before : new Set([...before, image.uid])))}
      />
      <div class="edit-bar">
        {look.images.length > 1 && <Steps place={place} total={look.images.length} onGo={go} />}
        {image.numberOfFrames > 1 && <Frames frame={frame} total={image.numberOfFrames} onGo={setFrame} />}
        {hasPixels && look.images.length > 1 && <Where isForOne={isForOne} onChoose={setForOne} />}
        {hasPixels && (
          <div class="edit-tools">
            <Button icon={Plus} onClick={() => draw(boxInTheMiddle(image))}>
              {t("edit.add")}
            </Button>
            <Button icon={Undo2} disabled={marks.past.length === 0} onClick={() => onMarks(undone)}>
              {t("edit.undo")}
            </Button>
            <Button icon={Trash2} disabled={chosen === null} onClick={() => chosen !== null && remove(chosen)}>
              {t("edit.remove")}
            </Button>
          </div>
        )}
        <Confirm shown={shown.size} total={look.images.length} onNext={() => go(nextUnseen(look, shown, place))} onLooked={onLooked} />
      </div>
    </FullScreen>
  );
}

/** The next that was not shown yet, after this one first. */
function nextUnseen(look: Look, shown: ReadonlySet<string>, place: number): number {
  const isLeft = (at: number): boolean => !shown.has(look.images[at]?.uid ?? "");
  const places = look.images.map((_, at) => at);
  return places.find((at) => at > place && isLeft(at)) ?? places.find(isLeft) ?? place;
}

interface FullScreenProps {
  title: string;
  onClose: () => void;
  onUndo: () => void;
  children: ComponentChildren;
}

function FullScreen({ title, onClose, onUndo, children }: FullScreenProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opened = dialog.current;
    opened?.showModal();
    return () => opened?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="edit"
      data-theme="dark"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        onUndo();
      }}
    >
      <header>
        <h2 id={id} class="one-line">
          {title}
        </h2>
        <IconButton icon={X} label={common("common.close")} onClick={onClose} />
      </header>
      {children}
    </dialog>
  );
}

function Steps({ place, total, onGo }: { place: number; total: number; onGo: (to: number) => void }) {
  return (
    <div class="edit-steps">
      <IconButton icon={ChevronLeft} label={t("edit.previous")} disabled={place === 0} onClick={() => onGo(place - 1)} />
      <span>{t("edit.imageOf", { number: place + 1, total })}</span>
      <IconButton icon={ChevronRight} label={t("edit.next")} disabled={place === total - 1} onClick={() => onGo(place + 1)} />
    </div>
  );
}

function Frames({ frame, total, onGo }: { frame: number; total: number; onGo: (to: number) => void }) {
  return (
    <label class="edit-frames">
      <span>{t("edit.frameOf", { number: frame, total })}</span>
      <input type="range" min={1} max={total} value={frame} aria-label={t("edit.frame")} onInput={(event) => onGo(Number(event.currentTarget.value))} />
    </label>
  );
}

function Where({ isForOne, onChoose }: { isForOne: boolean; onChoose: (isForOne: boolean) => void }) {
  return (
    <div class="edit-where" role="group" aria-label={t("edit.where")}>
      <Chip on={!isForOne} onClick={() => onChoose(false)}>
        {t("edit.where.all")}
      </Chip>
      <Chip on={isForOne} onClick={() => onChoose(true)}>
        {t("edit.where.one")}
      </Chip>
    </div>
  );
}

function Confirm({ shown, total, onNext, onLooked }: { shown: number; total: number; onNext: () => void; onLooked: () => void }) {
  const isAll = shown >= total;
  return (
    <div class="edit-confirm">
      <p role="status">{total > 1 ? t("edit.seen", { seen: shown, total }) : t("edit.hint")}</p>
      {isAll || total === 1 ? (
        <Button look="primary" disabled={!isAll} onClick={onLooked}>
          {t("edit.confirm")}
        </Button>
      ) : (
        <Button look="primary" icon={ChevronRight} onClick={onNext}>
          {t("edit.next")}
        </Button>
      )}
    </div>
  );
}
