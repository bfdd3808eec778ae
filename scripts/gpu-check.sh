#!/usr/bin/env bash
# Checks the program on a machine with an NVIDIA GPU: the main job on CUDA, agents on CUDA against the same agents on the CPU,
# speed (of every workload beside plain libtorch operations, and of updates beside PyTorch where the interpreter named by PYTHON has it: eager, compiled
# and as CUDA graphs), and the contracts of all agents and environments with the GPU as their device. Ends with its tables and a verdict for each check.
# Usage: scripts/gpu-check.sh [DEVICE] (default cuda; cpu tries the script itself). AGENTS, SEEDS and SECONDS_EACH change how much is done.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
device="${1:-cuda}"
agents="${AGENTS:-random,greedy,epsilon-greedy,ucb,thompson,linucb,oracle,best-fixed}"
seeds="${SEEDS:-3}"
seconds_each="${SECONDS_EACH:-2}"
if [ "$device" != cpu ]; then export RECDEEPRL_CUDA=true; fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
verdicts=()
failed=0

# step NAME COMMAND...: its output goes to the screen and to a file, its verdict to the table.
step() {
    local name="$1" begun=$SECONDS
    shift
    echo "== $name"
    if "$@" 2>&1 | tee "$work/$name.log"; then
        verdicts+=("$name passed $((SECONDS - begun))")
    else
        verdicts+=("$name FAILED $((SECONDS - begun))")
        failed=1
    fi
}

measure() { dotnet run -c Release --no-build --project tests/RecDeepRL.Benchmarks -- "$@"; }
run() { dotnet run --no-build -- "$@"; }
contracts() { RECDEEPRL_TEST_DEVICE="$device" dotnet test tests/RecDeepRL.Tests --filter "FullyQualifiedName~Contracts|FullyQualifiedName~Cuda|FullyQualifiedName~Device"; }

step build dotnet build -v q
[ "$failed" -eq 0 ] || exit 1
step main-job run train ddpg --env personal --device "$device" --out "$work/ddpg"
step compare-cpu run compare --agents "$agents" --seeds "$seeds" --device cpu --out "$work/cpu"
step compare-device run compare --agents "$agents" --seeds "$seeds" --device "$device" --out "$work/device"
step bench-cpu run bench --seconds "$seconds_each" --device cpu
step bench-device run bench --seconds "$seconds_each" --device "$device"
step workloads measure workloads all 2 "$seconds_each" "$device"
step updates measure updates all 1 "$((10 * seconds_each))" "$device"
step contracts contracts

echo
printf '%-10s %-16s %12s %12s %14s %10s %10s\n' environment agent cpu "$device" "largest gap" "s cpu" "s $device"
# Columns: 1 environment, 2 agent, 3 seed, 5 final_expected, 10 seconds. Coins are the same on every device, so bandits' scores agree to rounding.
awk -F, '
    FNR == 1 { file++; next }
    { key = $1 FS $2; if (!(key in seen)) { seen[key] = ++count; order[count] = key } }
    file == 1 { cpu[key FS $3] = $5; a[key] += $5; sa[key] += $10; n[key]++ }
    file == 2 { gap = $5 - cpu[key FS $3]; if (gap < 0) gap = -gap; if (gap > g[key]) g[key] = gap; b[key] += $5; sb[key] += $10 }
    END { for (i = 1; i <= count; i++) { k = order[i]; split(k, p, FS)
        printf "%-10s %-16s %12.6f %12.6f %14.2e %10.2f %10.2f\n", p[1], p[2], a[k] / n[k], b[k] / n[k], g[k], sa[k] / n[k], sb[k] / n[k] } }
' "$work/cpu/results.csv" "$work/device/results.csv" || failed=1
echo
grep -hE "step|learning" "$work/bench-cpu.log" | sed 's/^/cpu  /'
grep -hE "step|learning" "$work/bench-device.log" | sed "s/^/$device  /"
echo
cat "$work/workloads.log" "$work/updates.log"
echo
printf '%-16s %-8s %s\n' check verdict seconds
printf '%s\n' "${verdicts[@]}" | while read -r name verdict took; do printf '%-16s %-8s %s\n' "$name" "$verdict" "$took"; done
exit "$failed"
