import { useState } from "preact/hooks";
import type { Look } from "../../../protocol/later";
import { Editor } from "./Editor";
import { Looks } from "./Looks";
import { type LookedAt, isSeen, withSeen } from "./looked";

interface Props {
  study: string;
  looks: readonly Look[];
  looked: LookedAt;
  onLooked: (change: (before: LookedAt) => LookedAt) => void;
}

/** The series to look at, and the one that is being looked at over all else. */
export function Looking({ study, looks, looked, onLooked }: Props) {
  const [open, setOpen] = useState<Look | null>(null);
  return (
    <>
      <Looks looks={looks} isSeen={(look) => isSeen(look, looked)} marks={looked.marks} onOpen={setOpen} />
      {open && (
        <Editor
          study={study}
          look={open}
          marks={looked.marks}
          onMarks={(change) => onLooked((before) => ({ ...before, marks: change(before.marks) }))}
          onClose={() => setOpen(null)}
          onLooked={() => {
            onLooked((before) => withSeen(open, before));
            setOpen(null);
          }}
        />
      )}
    </>
  );
}
