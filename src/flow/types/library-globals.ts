/** Names that the language and the platforms declare: never a type of the code base unless a script file says so. */
const NAMES = new Set(
  (
    'Date RegExp Error TypeError RangeError SyntaxError AggregateError Function Object String Number Boolean Symbol ' +
    'BigInt Math JSON Intl WeakMap WeakSet WeakRef Proxy ArrayBuffer SharedArrayBuffer DataView Uint8Array Int8Array ' +
    'Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array Uint8ClampedArray Buffer Blob File ' +
    'FileList FileReader FormData URL URLSearchParams Headers Request Response RequestInit ResponseInit RequestInfo ' +
    'BodyInit HeadersInit AbortSignal AbortController ReadableStream WritableStream TransformStream TextEncoder ' +
    'TextDecoder WebSocket EventSource Event CustomEvent MessageEvent ErrorEvent KeyboardEvent MouseEvent EventTarget ' +
    'Node Element Document Window Location History Navigator Storage Worker MessagePort MediaRecorder MediaStream ' +
    'AudioContext SpeechRecognition PermissionStatus Notification Crypto CryptoKey NodeJS Timeout PropertyKey Text ' +
    'Comment Range Selection Image Option Audio Plugin Lock Report Performance Cache Animation Touch JSX Deno Bun'
  ).split(' '),
);

export function isLibraryGlobal(name: string): boolean {
  return NAMES.has(name) || /^(?:HTML|SVG)\w*Element$/.test(name);
}
