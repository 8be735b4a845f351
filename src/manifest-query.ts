/** `null`: does not apply; `unknown`: applies, but its value could not be determined from the code. */
export type Known = string | null | 'unknown';
