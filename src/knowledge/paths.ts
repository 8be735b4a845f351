/** Paths into values, as rules/ write them: `0.messages[].content`, `1.integrations."Segment.io".apiHost`. */

const STEP = /"([^"]+)"|\[\]|[^.[\]"]+/g;

/** The steps of a path, one by one; `[]` steps into elements, and a name that has dots of its own stands in quotes. */
export function pathSteps(path: string): string[] {
  return Array.from(path.matchAll(STEP), ([step, quoted]) => quoted ?? step);
}
