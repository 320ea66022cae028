import { useState } from "preact/hooks";
import type { Look } from "../../../protocol/later";
import { Button } from "../../components/index";
import { t } from "../../i18n/share";
import { Editor } from "../export/Editor";
import { Looks } from "../export/Looks";
import { NO_MARKS, editsOf } from "../export/regions";
import type { Making } from "./making";
import "../export/export.css";

interface Props {
  study: string;
  looks: readonly Look[];
  making: Making;
  onBack: () => void;
}

/** Names may be burned into these images: somebody looks at them, and blacks out what nobody is to read. */
export function LookFirst({ study, looks, making, onBack }: Props) {
  const [marks, setMarks] = useState(NO_MARKS);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<Look | null>(null);
  const isSeen = (look: Look): boolean => look.images.every((image) => seen.has(image.uid));
  return (
    <div class="share">
      <Looks looks={looks} isSeen={isSeen} marks={marks} onOpen={setOpen} />
      <p class="share-problem" role="alert">
        {making.problem}
      </p>
      <Button look="primary" wide busy={making.busy} disabled={!looks.every(isSeen)} onClick={() => void making.make({ seen: [...seen], edits: editsOf(marks) })}>
        {t("share.make")}
      </Button>
      <Button look="quiet" onClick={onBack}>
        {t("share.back")}
      </Button>
      {open && (
        <Editor
          study={study}
          look={open}
          marks={marks}
          onMarks={setMarks}
          onClose={() => setOpen(null)}
          onLooked={() => {
            setSeen((before) => new Set([...before, ...open.images.map((image) => image.uid)]));
            setOpen(null);
          }}
        />
      )}
    </div>
  );
}
