/**
 * The bytes between two codecs: msgpack with msgpackr's record structures (0x40 to 0x7f) and msgpackr's own extension
 * types, so that any frame decodes with msgpackr alone. What msgpackr has no type for is *annotated*: `d6 69 <id>
 * <value>`, which is how msgpackr names a value that is referred to later. Ids below {@link annotation} are such names;
 * ids above it say what the value stands for.
 */

/** How deep containers may nest in one message, both ways. */
export const depthMax = 1_000

/** msgpack extension types, all of them msgpackr's. */
export const extension = {
  undefined: 0x00,
  bigint: 0x42,
  error: 0x65,
  named: 0x69,
  pointer: 0x70,
  set: 0x73,
  binary: 0x74,
  regexp: 0x78,
  timestamp: 0xff,
} as const

/** The first id that annotates a value instead of naming it. */
export const annotation = 0x8000_0000

/** What an annotated value stands for. 0x20 to 0x3f are the extensions of core. */
export const annotations = {
  /** A Map, as a msgpack map with keys of any kind. */
  map: 1,
  /** A string with lone surrogates, as its UTF-16 code units. */
  utf16: 2,
  /** A plain object with keys that no msgpack map should carry, as `[key, value, key, value]`. */
  entries: 3,
  /** An object that travels beside the bytes, as its index. */
  beside: 4,
  /** A view as `[kind, buffer or another view of it, byteOffset, length]`. */
  view: 5,
  /** A registered type as `[name, data]`. */
  type: 6,
  /** A boxed primitive, as that primitive. */
  boxed: 7,
} as const

/** The numbers of the classes of binary data; 0 to 17 are msgpackr's. */
export const binaryKinds: readonly string[] = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'unused',
  'unused',
  'unused',
  'unused',
  'unused',
  'ArrayBuffer',
  'DataView',
  'Float16Array',
]
export const arrayBufferKind = 16

/** Binary data of so many bytes travel beside a frame that may have something beside it. */
export const besideBytes: number = 32 * 1024

/** Frames from this size on start with `d6 69 00000000` unless they are plain data: then msgpackr may read them. */
export const largeBytes = 1_024
