#!/bin/sh
# Says whether this machine can run the plan: one line for each thing looked at. Changes nothing. Exit 0 yes, 1 no.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=pieces.sh
. "$here/pieces.sh"
# shellcheck source=triton.sh
. "$here/triton.sh"

check_program nvidia-smi 'comes with the driver'
check_triton
each_piece read_piece check_place
[ "$failures" -eq 0 ]
