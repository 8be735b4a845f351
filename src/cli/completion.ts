/** `phitrace completion <shell>`: a script made from the very commands and options that the program has. */
import type { Command } from 'commander';
import { CHECK_FORMATS } from './formats.js';
import { MAP_FORMATS } from './map.js';
import { PROFILES, THRESHOLDS } from './options.js';
import { SNIPPET_IDS } from '../init/snippets.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export interface CompletionWords {
  readonly ruleIds: readonly string[];
  readonly vendorIds: readonly string[];
}

interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly {
    readonly flag: string;
    readonly description: string;
    readonly values: readonly string[];
  }[];
  /** Words that may stand as the argument; none: a folder or file. */
  readonly words: readonly string[];
}

export function completionScript(program: Command, shell: Shell, words: CompletionWords): string {
  const commands = commandsOf(program, words);
  if (shell === 'fish') return fish(commands);
  const script = bash(commands);
  // zsh reads bash's completions.
  return shell === 'bash'
    ? script
    : `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${script}`;
}

function commandsOf(program: Command, words: CompletionWords): readonly CommandWords[] {
  const visible = program.createHelp().visibleCommands(program);
  return visible.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: command
      .createHelp()
      .visibleOptions(command)
      .map((option) => ({
        flag: option.long ?? option.flags,
        description: option.description,
        values: valuesOf(command.name(), option.long ?? '', words),
      })),
    words: argumentsOf(command, words),
  }));
}

function valuesOf(command: string, option: string, { ruleIds }: CompletionWords): readonly string[] {
  if (option === '--format')
    return command === 'check' ? CHECK_FORMATS : command === 'map' ? MAP_FORMATS : ['text', 'json'];
  if (option === '--fail-on') return THRESHOLDS;
  if (option === '--profile') return PROFILES;
  if (option === '--rule') return ruleIds.map((id) => `${id}=`);
  return option === '--with' ? SNIPPET_IDS : [];
}

function argumentsOf(command: Command, { ruleIds, vendorIds }: CompletionWords): readonly string[] {
  const name = command.name();
  if (name === 'explain') return ruleIds;
  if (name === 'vendors') return vendorIds;
  return name === 'completion' ? SHELLS : command.commands.map((inner) => inner.name());
}

function bash(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, options, words }) => {
    const values = options
      .filter((option) => option.values.length > 0)
      .map((option) => `        ${option.flag}) words="${option.values.join(' ')}" ;;`);
    return `    ${name})
      case "$prev" in
${[...values, `        *) if [[ $cur == -* ]]; then words="${options.map((o) => o.flag).join(' ')}"; else words="${words.join(' ')}"; fi ;;`].join('\n')}
      esac ;;`;
  });
  return `_phitrace() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} words=""
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [[ $COMP_CWORD == 1 ]]; then words="${commands.map((one) => one.name).join(' ')} --help --version"; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _phitrace phitrace
`;
}

function fish(commands: readonly CommandWords[]): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = [
    'complete -c phitrace -n __fish_use_subcommand -l help',
    'complete -c phitrace -n __fish_use_subcommand -l version',
  ];
  for (const { name, description, options, words } of commands) {
    const here = `-n '__fish_seen_subcommand_from ${name}'`;
    lines.push(`complete -c phitrace -f -n __fish_use_subcommand -a ${name} -d ${quote(description)}`);
    for (const { flag, description: told, values } of options) {
      const given = values.length > 0 ? ` -x -a ${quote(values.join(' '))}` : '';
      lines.push(`complete -c phitrace ${here} -l ${flag.replace(/^--/, '')}${given} -d ${quote(told)}`);
    }
    if (words.length > 0) lines.push(`complete -c phitrace ${here} -f -a ${quote(words.join(' '))}`);
  }
  return `${lines.join('\n')}\n`;
}
