import { Room } from "../../src/app/screens/viewer/room";
import type { Reading } from "../../src/app/screens/viewer/reading";
import type { Digest, DigestFormat, DigestInstance, DigestSeries } from "../../src/protocol/index";

export function format(more: Partial<DigestFormat> = {}): DigestFormat {
  return {
    rows: 512,
    columns: 512,
    levels256: 2,
    levels512: 1,
    colour: false,
    inverse: false,
    bitsStored: 12,
    photometric: "MONOCHROME2",
    aspect: 1,
    pixelSpacingMm: [0.5, 0.5],
    spacingSource: "Pixel Spacing",
    orientation: [1, 0, 0, 0, 1, 0],
    patientOrientation: null,
    windows: [{ center: 40, width: 400, function: "LINEAR", name: "" }],
    unit: "HU",
    lossy: null,
    view: null,
    ultrasoundRegions: null,
    ...more,
  };
}

export function instances(...framesOf: number[]): DigestInstance[] {
  return framesOf.map((numberOfFrames, place) => ({
    uid: `1.2.${place + 1}`,
    numberOfFrames,
    format: 0,
    positionMm: place,
    instanceNumber: place + 1,
    rateHz: null,
    frameTimesMs: null,
  }));
}

export function series(more: Partial<DigestSeries> = {}): DigestSeries {
  return {
    uid: "1.2",
    number: 3,
    description: "Abdomen",
    modality: "CT",
    bodyPart: "",
    laterality: "",
    thumbnail: "/view/series/1.2/thumbnail?v=1",
    cannotShow: null,
    documents: [],
    frameOfReference: "1.9",
    positions: null,
    formats: [format()],
    instances: instances(1, 1, 1, 1),
    ...more,
  };
}

export function digest(...all: DigestSeries[]): Digest {
  return {
    study: {
      uid: "1",
      description: "CT abdomen",
      date: "2026-11-25",
      time: "14:20:00",
      accessionNumber: "A1",
      modalities: ["CT"],
      patient: {
        name: { alphabetic: "Doe^Jane", ideographic: "", phonetic: "" },
        id: "P1",
        birthDate: "1980-02-03",
        sex: "F",
        age: "046Y",
      },
      referringPhysician: "",
      institution: "",
    },
    opening: null,
    first: null,
    hanging: null,
    series: all,
  };
}

/** The one pane of a room in which a study of these series is opened. */
export function readingOf(...all: DigestSeries[]): Reading {
  return new Room(digest(...all)).active.value;
}
