#!/usr/bin/env bash
# One comment on the pull request, written anew by every run: REPORTS/phitrace.md under a mark that is looked for.
#   GH_TOKEN REPOSITORY NUMBER REPORTS
set -euo pipefail

mark='<!-- phitrace -->'
body="$REPORTS/comment.md"
{
  echo "$mark"
  cat "$REPORTS/phitrace.md"
} >"$body"

id=$(gh api "repos/$REPOSITORY/issues/$NUMBER/comments" --paginate \
  --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$mark\"))) | .id" | head -n 1)
if [[ -n $id ]]; then
  gh api "repos/$REPOSITORY/issues/comments/$id" --method PATCH --field "body=@$body" --silent
else
  gh api "repos/$REPOSITORY/issues/$NUMBER/comments" --method POST --field "body=@$body" --silent
fi
