#!/usr/bin/env bash
# What the action does, step by step; every value comes from the environment, none is pasted into a command.
#   INPUT_DIRECTORY INPUT_FAIL_ON INPUT_ARGS INPUT_CHANGED_ONLY INPUT_POLICY_FROM   the action's inputs
#   BASE_SHA     the base of the pull request; empty otherwise
#   REPORTS      folder for phitrace.sarif and phitrace.md
#   PHITRACE     the executable, default `phitrace`
# Writes `status`, and `sarif=true` if there is one, to GITHUB_OUTPUT and ends with 0: the action decides afterwards, when the reports are uploaded.
set -uo pipefail

args=(check "${INPUT_DIRECTORY:-.}" --fail-on "${INPUT_FAIL_ON:-error}"
  --format sarif --output "$REPORTS/phitrace.sarif"
  --format markdown --output "$REPORTS/phitrace.md"
  --format github)

# A pull request must not open its own gate: manifest, configuration and suppressions are those of its base.
policy=${INPUT_POLICY_FROM:-base}
if [[ $policy == base ]]; then policy=${BASE_SHA:-}; fi
if [[ -n $policy && $policy != none ]]; then args+=(--policy-from "$policy"); fi

if [[ ${INPUT_CHANGED_ONLY:-false} == true && -n ${BASE_SHA:-} ]]; then args+=(--changed-since "$BASE_SHA"); fi

# Words of their own, split at blanks; quotes mean nothing here.
read -r -a more <<<"${INPUT_ARGS:-}"

"${PHITRACE:-phitrace}" "${args[@]}" ${more[@]+"${more[@]}"}
status=$?

if [[ -n ${GITHUB_STEP_SUMMARY:-} && -f $REPORTS/phitrace.md ]]; then cat "$REPORTS/phitrace.md" >>"$GITHUB_STEP_SUMMARY"; fi
if [[ -n ${GITHUB_OUTPUT:-} ]]; then
  {
    echo "status=$status"
    [[ -f $REPORTS/phitrace.sarif ]] && echo "sarif=true"
  } >>"$GITHUB_OUTPUT"
fi
exit 0
