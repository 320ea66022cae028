import "./viewer.css";
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { Later } from "../../components/index";
import { openDocuments } from "./documents";
import { listenToKeys } from "./keyboard";
import { CannotOpen, NoImages, Waiting } from "./Doorway";
import { type Opened, openStudy } from "./opening";
import { ReadingRoom } from "./ReadingRoom";
import type { Room } from "./room";
import { keepAwake } from "./wakeLock";

const documents = () => import("./Documents").then((room) => room.Documents);

/** The viewer of one study. */
export function Viewer({ uid }: { uid: string }) {
  const [opened, setOpened] = useState<Opened | null>(null);
  // Effects of the layout, on the way to the first picture: others wait for a paint, and a paint of nothing is a refresh lost.
  useLayoutEffect(() => {
    const opening = openStudy(uid);
    setOpened(opening);
    return () => {
      opening.close();
    };
  }, [uid]);
  // Another study is another room: a canvas that one reading gave up draws nothing for the next.
  return (
    <>
      {opened?.uid === uid ? <Study key={uid} opened={opened} /> : <Waiting />}
      <ReadDocuments />
    </>
  );
}

function ReadDocuments() {
  const open = openDocuments.value;
  const props = useMemo(() => (open === null ? null : { open }), [open]);
  useEffect(() => () => void (openDocuments.value = null), []);
  return props === null ? null : <Later load={documents} props={props} />;
}

function Study({ opened }: { opened: Opened }) {
  const { value: opening } = opened.state;
  switch (opening.kind) {
    case "loading":
      return <Waiting />;
    case "failed":
      return <CannotOpen failure={opening.failure} onRetry={opened.retry} />;
    case "ready":
      return opening.room.study.items.some(({ slices }) => slices.length > 0) ? (
        <Read room={opening.room} />
      ) : (
        <NoImages digest={opening.room.study.digest} />
      );
  }
}

function Read({ room }: { room: Room }) {
  useLayoutEffect(() => room.start(), [room]);
  useEffect(() => listenToKeys(room), [room]);
  useEffect(() => keepAwake(), []);
  return <ReadingRoom room={room} />;
}
