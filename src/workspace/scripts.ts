/** Commands of package.json scripts, as far as they name files to run or set variables. Nothing is executed. */

export interface ScriptVariable {
  readonly name: string;
  readonly value: string;
}

const MAX_WORDS = 500;

/** `node --import ./instrument.mjs src/server.ts`: the files of the project that the script loads. */
export function filesOfScript(script: string): string[] {
  return words(script).flatMap((word) => {
    const path = /^(?:--?[\w-]+=)?((?:\.{0,2}\/)?[\w@./-]+\.[cm]?[jt]sx?)$/.exec(word)?.[1];
    return path === undefined || path.startsWith('/') || path.includes('node_modules/') ? [] : [path];
  });
}

/** `FOO=bar node x`, `cross-env FOO=bar …`, `env FOO=bar …`, `export FOO=bar && …`. */
export function variablesOfScript(script: string): ScriptVariable[] {
  const variables: ScriptVariable[] = [];
  let atStart = true;
  for (const word of words(script)) {
    const assignment = atStart ? /^([A-Za-z_]\w*)=([^]*)$/.exec(word) : null;
    if (assignment !== null) {
      variables.push({ name: assignment[1]!, value: assignment[2]! });
    } else {
      atStart = /^(?:&&|\|\|?|;|cross-env(?:-shell)?|env|export|set|npx|dotenvx?|--)$/.test(word);
    }
  }
  return variables;
}

/** Words of a shell command, quotes removed; operators are words of their own. */
function words(script: string): string[] {
  const found: string[] = [];
  let word = '';
  let quote = '';
  const close = (): void => {
    if (word !== '') found.push(word);
    word = '';
  };
  for (let at = 0; at < script.length && found.length < MAX_WORDS; at += 1) {
    const character = script[at]!;
    if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (character <= ' ') {
      close();
    } else if (character === '&' || character === '|' || character === ';') {
      close();
      const operator = script[at + 1] === character ? character.repeat(2) : character;
      found.push(operator);
      at += operator.length - 1;
    } else {
      word += character;
    }
  }
  close();
  return found;
}
