/** The part of the decoder that we use; the package brings no types. */
declare module "@cornerstonejs/codec-openjph" {
  export interface HTJ2KDecoder {
    /** A place in the decoder's own memory for this many bytes. */
    getEncodedBuffer(bytes: number): Uint8Array;
    /** In the decoder's own memory: gone with the next call. */
    getDecodedBuffer(): Uint8Array;
    decode(): void;
    decodeSubResolution(halvings: number): void;
    getFrameInfo(): {
      readonly width: number;
      readonly height: number;
      readonly bitsPerSample: number;
      readonly componentCount: number;
      readonly isSigned: boolean;
    };
    /** Empty where all went well. */
    getLastErrorMessage(): string;
    delete(): void;
  }

  export interface OpenJph {
    readonly HTJ2KDecoder: new () => HTJ2KDecoder;
  }

  /** Answers at once, with nothing, and calls `receive` when it is done. */
  export type InstantiateWasm = (
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => Record<string, never>;

  export default function openJph(options: {
    locateFile: (name: string) => string;
    print: (line: string) => void;
    printErr: (line: string) => void;
    instantiateWasm?: InstantiateWasm;
  }): Promise<OpenJph>;
}
