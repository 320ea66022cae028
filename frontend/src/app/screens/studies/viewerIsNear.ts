/** Fetch the viewer's code while the finger is still going down: it is there when the study opens. */
export function viewerIsNear(): void {
  import("../viewer/index").catch(() => undefined); // the screen asks again, and tells
}
