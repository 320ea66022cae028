// Watches a viewer from outside: when its canvas first shows a picture, what it says of itself, and what it holds.
// It knows nothing of the app but the names that a screen reader knows, and looks at any viewer with the same eyes.
(() => {
  const SIDE = 32;
  const SOMETHING = 8; // standard deviation of greys: a blank, a spinner and a few letters stay below it
  const LARGE_PX = 40_000; // an area: thumbnails are smaller
  const CLOSEST = 2; // canvases, the largest first: one may lie over another
  const seen = { picture: null, words: [], places: [], drawnBytes: 0, mostDrawnBytes: 0 };
  window.__sight = seen;

  const eye = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const retina = eye.getContext("2d", { willReadFrequently: true });
  const deviation = (canvas) => {
    retina.clearRect(0, 0, SIDE, SIDE);
    try {
      drawImage.call(retina, canvas, 0, 0, SIDE, SIDE);
    } catch {
      return 0; // a canvas without any pixels
    }
    const { data } = retina.getImageData(0, 0, SIDE, SIDE);
    let sum = 0;
    let squares = 0;
    for (let at = 0; at < data.length; at += 4) {
      const grey = (data[at] + data[at + 1] + data[at + 2]) / 3;
      sum += grey;
      squares += grey * grey;
    }
    const count = SIDE * SIDE;
    return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  };
  // To look is to read back a whole canvas, which costs more than most drawing: nothing drawn, nothing to see.
  let isDrawn = false;
  const watchDrawing = (kind, ...names) => {
    for (const name of names) {
      const original = kind.prototype[name];
      kind.prototype[name] = function drawing(...given) {
        isDrawn = true;
        return original.apply(this, given);
      };
    }
  };
  watchDrawing(ImageBitmapRenderingContext, "transferFromImageBitmap");
  for (const kind of [WebGLRenderingContext, WebGL2RenderingContext]) watchDrawing(kind, "drawArrays", "drawElements");
  const drawImage = CanvasRenderingContext2D.prototype.drawImage;
  watchDrawing(CanvasRenderingContext2D, "drawImage", "putImageData");
  const area = (canvas) => canvas.clientWidth * canvas.clientHeight;
  const look = () => {
    if (!isDrawn) {
      requestAnimationFrame(look);
      return;
    }
    const canvases = [...document.querySelectorAll("canvas")].filter((each) => area(each) > LARGE_PX);
    canvases.sort((one, other) => area(other) - area(one));
    if (canvases.slice(0, CLOSEST).some((each) => deviation(each) > SOMETHING)) seen.picture = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  const note = () => {
    const at = performance.now();
    const word = document.querySelector(".quality")?.textContent ?? "";
    const place = Number(document.querySelector("[role=slider][aria-orientation=vertical]")?.getAttribute("aria-valuenow") ?? 0);
    if (word !== "" && seen.words.at(-1)?.word !== word) seen.words.push({ word, at });
    const last = seen.places.at(-1);
    if (place > 0 && (last?.place !== place || last.word !== word)) seen.places.push({ place, word, at });
  };
  new MutationObserver(note).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["aria-valuenow"],
  });

  // What pictures take: decoded bitmaps until they are closed, textures until they are deleted.
  const held = new Map();
  const hold = (thing, bytes) => {
    seen.drawnBytes += bytes - (held.get(thing) ?? 0);
    held.set(thing, bytes);
    seen.mostDrawnBytes = Math.max(seen.mostDrawnBytes, seen.drawnBytes);
  };
  const drop = (thing) => {
    seen.drawnBytes -= held.get(thing) ?? 0;
    held.delete(thing);
  };
  const decode = window.createImageBitmap;
  window.createImageBitmap = async (...given) => {
    const bitmap = await decode(...given);
    hold(bitmap, bitmap.width * bitmap.height * 4);
    return bitmap;
  };
  const close = ImageBitmap.prototype.close;
  ImageBitmap.prototype.close = function closeHeld() {
    drop(this);
    close.call(this);
  };
  const gl = WebGL2RenderingContext.prototype;
  // Bytes of a pixel by internal format; what is not here is taken for RGBA.
  const WIDTHS = new Map([
    [gl.R8, 1],
    [gl.R8UI, 1],
    [gl.R16I, 2],
    [gl.R16UI, 2],
    [gl.R16F, 2],
    [gl.R32F, 4],
    [gl.RGB8, 3],
  ]);
  const sizeOf = (format, width, height) => width * height * (WIDTHS.get(format) ?? 4);
  const bound = new WeakMap();
  const wrap = (name, before) => {
    const original = gl[name];
    gl[name] = function wrapped(...given) {
      before(this, given);
      return original.apply(this, given);
    };
  };
  wrap("bindTexture", (context, [, texture]) => bound.set(context, texture));
  wrap("texStorage2D", (context, [, , format, width, height]) => hold(bound.get(context), sizeOf(format, width, height)));
  wrap("texImage2D", (context, given) => {
    const [, level, format, width, height] = given;
    const source = given.at(-1);
    if (level === 0) hold(bound.get(context), sizeOf(format, source?.width ?? width, source?.height ?? height));
  });
  wrap("deleteTexture", (_, [texture]) => drop(texture));
})();
